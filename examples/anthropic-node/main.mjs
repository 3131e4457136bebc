// A chat, a stream, a tool, structured output, an image and a stream that is left, with Anthropic's library for Node.
//
//   ANTHROPIC_BASE_URL  the gateway's address, such as http://localhost:3000
//   ANTHROPIC_API_KEY   a virtual key, sk-…
//   GATEWAY_MODEL       default claude-sonnet
//
// The simulated model of a local gateway does what stands in [[sim …]]; a real one is asked in words.

import Anthropic from '@anthropic-ai/sdk';
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod';
import { z } from 'zod';

// Address and key come from the environment: nothing here knows that it is not talking to Anthropic.
const client = new Anthropic();
const model = process.env.GATEWAY_MODEL ?? 'claude-sonnet';
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';

const user = (content) => ({ role: 'user', content });
const ask = (messages, more) => client.messages.create({ model, max_tokens: 1000, messages, ...more });
const textOf = ({ content }) => content.map((block) => block.text ?? '').join('');

console.log('answer:', textOf(await ask([user('Say hello.')])));

process.stdout.write('stream: ');
const stream = client.messages.stream({ model, max_tokens: 1000, messages: [user('Say hello.')] });
stream.on('text', (text) => process.stdout.write(text));
await stream.finalMessage();
process.stdout.write('\n');

// The library runs the tool and sends the result back, as long as the model asks for one.
// Without a thread, which nobody keeps here, it sends the conversation whole at once.
const getWeather = betaZodTool({
  name: 'get_weather',
  description: 'The weather of a city.',
  inputSchema: z.object({ city: z.string() }),
  run: (input) => {
    console.log('tool: get_weather', JSON.stringify(input));
    return 'It is sunny.';
  },
});
const asked = await client.beta.messages.toolRunner({
  model,
  max_tokens: 1000,
  messages: [user('What is the weather in Paris? [[sim tool=get_weather input={"city":"Paris"}]]')],
  tools: [getWeather],
  thread: false,
});
console.log('answer to it:', textOf(asked));

// A tool that has to be called: its input is the answer.
const properties = { city: { type: 'string' }, degrees: { type: 'integer' } };
const parsed = await ask([user('Oslo')], {
  tools: [{ name: 'weather', input_schema: { type: 'object', properties, required: ['city', 'degrees'] } }],
  tool_choice: { type: 'tool', name: 'weather' },
});
console.log('structured:', JSON.stringify(parsed.content[0].input));

const words = { type: 'text', text: 'What is this? [[sim look]]' };
const picture = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } };
console.log('image:', textOf(await ask([user([words, picture])])));

// Who leaves a stream pays no more than what was said by then: the gateway has the model stop.
const counting = [user('Count to a thousand. [[sim words=1000 delayMs=20]]')];
const long = client.messages.stream({ model, max_tokens: 5000, messages: counting });
let pieces = 0;
for await (const event of long) {
  if (event.type === 'content_block_delta') pieces += 1;
  if (pieces === 5) break;
}
console.log('left after', pieces, 'pieces');
