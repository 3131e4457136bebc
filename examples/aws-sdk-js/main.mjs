// A chat, a stream, a tool, structured output, an image and a stream that is left, with an unmodified AWS SDK for
// JavaScript.
//
//   AWS_ENDPOINT_URL_BEDROCK_RUNTIME  the gateway's address and /bedrock, such as http://localhost:3000/bedrock
//   AWS_BEARER_TOKEN_BEDROCK          a virtual key, sk-…
//   AWS_REGION                        any region: the gateway decides where a model is called
//   NODE_EXTRA_CA_CERTS               for an https:// address with a local certificate: the authority's PEM file
//   GATEWAY_MODEL                     default claude-sonnet; a Bedrock model id works too
//
// The SDK speaks HTTP/2, over http:// with prior knowledge; the gateway's ports take both versions. The simulated model
// of a local gateway does what stands in [[sim …]]; a real one is asked in words.

import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';

const client = new BedrockRuntimeClient({ region: process.env.AWS_REGION ?? 'us-east-1' });
const modelId = process.env.GATEWAY_MODEL ?? 'claude-sonnet';
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';

const user = (...content) => ({ role: 'user', content });
const ask = (input) => client.send(new ConverseCommand({ modelId, ...input }));
const textOf = (reply) => reply.output.message.content.map((block) => block.text ?? '').join('');

const hello = [user({ text: 'Say hello.' })];
console.log('answer:', textOf(await ask({ messages: hello })));

process.stdout.write('stream: ');
const { stream } = await client.send(new ConverseStreamCommand({ modelId, messages: hello }));
for await (const event of stream) process.stdout.write(event.contentBlockDelta?.delta?.text ?? '');
process.stdout.write('\n');

const json = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const toolConfig = { tools: [{ toolSpec: { name: 'get_weather', inputSchema: { json } } }] };
const question = user({ text: 'What is the weather in Paris? [[sim tool=get_weather input={"city":"Paris"}]]' });
const asked = (await ask({ messages: [question], toolConfig })).output.message;
const results = asked.content.flatMap(({ toolUse }) => {
  if (toolUse === undefined) return [];
  console.log('tool:', toolUse.name, JSON.stringify(toolUse.input));
  return [{ toolResult: { toolUseId: toolUse.toolUseId, content: [{ text: 'It is sunny.' }] } }];
});
console.log('answer to it:', textOf(await ask({ messages: [question, asked, user(...results)], toolConfig })));

const properties = { city: { type: 'string' }, degrees: { type: 'integer' } };
const weather = { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
const structure = { jsonSchema: { name: 'weather', schema: JSON.stringify(weather) } };
const outputConfig = { textFormat: { type: 'json_schema', structure } };
console.log('structured:', textOf(await ask({ messages: [user({ text: 'Oslo' })], outputConfig })));

const picture = { image: { format: 'png', source: { bytes: Buffer.from(PNG, 'base64') } } };
console.log('image:', textOf(await ask({ messages: [user({ text: 'What is this? [[sim look]]' }, picture)] })));

// Who leaves a stream pays no more than what was said by then: the gateway has the model stop.
const leaving = new AbortController();
const messages = [user({ text: 'Count to a thousand. [[sim words=1000 delayMs=20]]' })];
const counting = await client.send(new ConverseStreamCommand({ modelId, messages }), { abortSignal: leaving.signal });
let pieces = 0;
for await (const _ of counting.stream) {
  pieces += 1;
  if (pieces === 5) break;
}
leaving.abort();
console.log('left after', pieces, 'pieces');

// The HTTP/2 connection would keep the process alive for a while.
client.destroy();
