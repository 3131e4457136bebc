/** A conversation of one user text, in Converse's words. */
export function says(text: string): { readonly messages: readonly object[] } {
  return { messages: [{ role: 'user', content: [{ text }] }] };
}

/** The same in Anthropic's Messages format, as InvokeModel takes it for Claude. */
export function claudeBody(text: string): Uint8Array {
  const body = {
    anthropic_version: 'bedrock-2023-05-31',
    max_tokens: 200,
    messages: [{ role: 'user', content: text }],
  };
  return Buffer.from(JSON.stringify(body));
}

export const weatherSchema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } as const;

/** Two tools, one of them without arguments, in Converse's words. */
export const converseTools = {
  toolConfig: {
    tools: [
      { toolSpec: { name: 'get_weather', description: 'Weather.', inputSchema: { json: weatherSchema } } },
      {
        toolSpec: { name: 'get_time', description: 'Time.', inputSchema: { json: { type: 'object', properties: {} } } },
      },
    ],
  },
} as const;

/** Prompts by which the simulator calls those tools. */
export const oneCall = 'Weather? [[sim tool=get_weather input={"city":"Paris"}]]';
export const threeCalls =
  'Weather? [[sim tool=get_weather input={"city":"Paris"} tool=get_weather input={"city":"Oslo"} tool=get_time input={}]]';
export const callWithoutArguments = 'Time? [[sim tool=get_time]]';
