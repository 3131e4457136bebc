import OpenAI from 'openai';

/** What the accumulator of OpenAI's library makes of a stream that is not what the whole answer says; nothing when all is well. */
export async function sdkViolations(sse: string, last: Readonly<Record<string, unknown>>): Promise<readonly string[]> {
  const client = new OpenAI({
    apiKey: 'none',
    maxRetries: 0,
    fetch: async () => new Response(sse, { headers: { 'content-type': 'text/event-stream' } }),
  });
  const stream = client.responses.stream({ model: 'm', input: 'i' });
  let text = '';
  let calls = '';
  stream.on('response.output_text.delta', ({ delta }) => {
    text += delta;
  });
  stream.on('response.function_call_arguments.delta', ({ delta }) => {
    calls += delta;
  });
  try {
    const response = await stream.finalResponse();
    const output = last['output'] as readonly { readonly arguments?: string }[];
    const found: string[] = [];
    if (response.output_text !== text) found.push(`the SDK reads ${response.output_text}, and the deltas were ${text}`);
    if (response.output.length !== output.length) found.push('the SDK reads another number of items');
    if (calls !== output.map((item) => item.arguments ?? '').join('')) found.push('the SDK reads other arguments');
    return found;
  } catch (error) {
    return [`the SDK raises ${String(error)}`];
  }
}
