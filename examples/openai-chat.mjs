// Asks once for a whole answer and once for a stream, with OpenAI's library for Node.
//
//   OPENAI_BASE_URL  the gateway's address and /v1, such as http://localhost:3000/v1
//   OPENAI_API_KEY   a virtual key, sk-…
//   GATEWAY_MODEL    default claude-sonnet
//
// Run:  OPENAI_BASE_URL=http://localhost:3000/v1 OPENAI_API_KEY=sk-… node examples/openai-chat.mjs

import OpenAI from 'openai';

// Address and key come from the environment: nothing here knows that it is not talking to OpenAI.
const client = new OpenAI();
const model = process.env.GATEWAY_MODEL ?? 'claude-sonnet';
const messages = [{ role: 'user', content: 'Say hello.' }];

const reply = await client.chat.completions.create({ model, messages });
console.log('answer:', reply.choices[0].message.content);

process.stdout.write('stream: ');
for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) {
  process.stdout.write(chunk.choices[0].delta.content ?? '');
}
process.stdout.write('\n');
