// A chat, a stream, a tool, structured output, an image and a stream that is left, with OpenAI's library for Node.
//
//   OPENAI_BASE_URL  the gateway's address and /v1, such as http://localhost:3000/v1
//   OPENAI_API_KEY   a virtual key, sk-…
//   GATEWAY_MODEL    default claude-sonnet
//
// The simulated model of a local gateway does what stands in [[sim …]]; a real one is asked in words.

import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { z } from 'zod';

// Address and key come from the environment: nothing here knows that it is not talking to OpenAI.
const client = new OpenAI();
const model = process.env.GATEWAY_MODEL ?? 'claude-sonnet';
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const user = (content) => ({ role: 'user', content });

const reply = await client.chat.completions.create({ model, messages: [user('Say hello.')] });
console.log('answer:', reply.choices[0].message.content);

process.stdout.write('stream: ');
for await (const chunk of await client.chat.completions.create({
  model,
  messages: [user('Say hello.')],
  stream: true,
})) {
  process.stdout.write(chunk.choices[0].delta.content ?? '');
}
process.stdout.write('\n');

// The library runs the tool and sends the result back, as long as the model asks for one.
const runner = client.chat.completions.runTools({
  model,
  messages: [user('What is the weather in Paris? [[sim tool=get_weather input={"city":"Paris"}]]')],
  tools: [
    {
      type: 'function',
      function: {
        name: 'get_weather',
        parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
        parse: JSON.parse,
        function: (input) => {
          console.log('tool: get_weather', JSON.stringify(input));
          return 'It is sunny.';
        },
      },
    },
  ],
});
console.log('answer to it:', await runner.finalContent());

const weather = z.object({ city: z.string(), degrees: z.number().int() });
const parsed = await client.chat.completions.parse({
  model,
  messages: [user('Oslo')],
  response_format: zodResponseFormat(weather, 'weather'),
});
console.log('structured:', JSON.stringify(parsed.choices[0].message.parsed));

const words = { type: 'text', text: 'What is this? [[sim look]]' };
const picture = { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } };
const seen = await client.chat.completions.create({ model, messages: [user([words, picture])] });
console.log('image:', seen.choices[0].message.content);

// Who leaves a stream pays no more than what was said by then: the gateway has the model stop.
let pieces = 0;
const prompt = 'Count to a thousand. [[sim words=1000 delayMs=20]]';
for await (const _ of await client.chat.completions.create({ model, messages: [user(prompt)], stream: true })) {
  pieces += 1;
  if (pieces === 5) break;
}
console.log('left after', pieces, 'pieces');
