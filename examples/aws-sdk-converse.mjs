// Asks once for a whole answer and once for a stream, with an unmodified AWS SDK for JavaScript.
//
//   AWS_ENDPOINT_URL_BEDROCK_RUNTIME  the gateway's address and /bedrock, such as http://localhost:3000/bedrock
//   AWS_BEARER_TOKEN_BEDROCK          a virtual key, sk-…
//   AWS_REGION                        any region: the gateway decides where a model is called
//   NODE_EXTRA_CA_CERTS               for an https:// address with a local certificate: the authority's PEM file
//   GATEWAY_MODEL                     default claude-sonnet; a Bedrock model id works too
//
// The SDK speaks HTTP/2, over http:// with prior knowledge; the gateway's ports take both versions.

import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';

const client = new BedrockRuntimeClient({ region: process.env.AWS_REGION ?? 'us-east-1' });
const modelId = process.env.GATEWAY_MODEL ?? 'claude-sonnet';
const messages = [{ role: 'user', content: [{ text: 'Say hello.' }] }];

const reply = await client.send(new ConverseCommand({ modelId, messages }));
console.log('answer:', reply.output.message.content[0].text);

process.stdout.write('stream: ');
const { stream } = await client.send(new ConverseStreamCommand({ modelId, messages }));
for await (const event of stream) process.stdout.write(event.contentBlockDelta?.delta?.text ?? '');
process.stdout.write('\n');

// The HTTP/2 connection would keep the process alive for a while.
client.destroy();
