// A chat, a stream, a tool, structured output, an image and a stream that is left, with Vercel's AI SDK and its provider
// for whoever speaks OpenAI's format.
//
//   GATEWAY_URL    default http://localhost:3000
//   GATEWAY_KEY    a virtual key, sk-…
//   GATEWAY_MODEL  default claude-sonnet
//
// The simulated model of a local gateway does what stands in [[sim …]]; a real one is asked in words.

import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, isStepCount, Output, streamText, tool } from 'ai';
import { z } from 'zod';

const url = process.env.GATEWAY_URL ?? 'http://localhost:3000';
const gateway = createOpenAICompatible({
  name: 'gateway',
  baseURL: `${url}/v1`,
  apiKey: process.env.GATEWAY_KEY,
  supportsStructuredOutputs: true,
});
const model = gateway(process.env.GATEWAY_MODEL ?? 'claude-sonnet');
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';

console.log('answer:', (await generateText({ model, prompt: 'Say hello.' })).text);

process.stdout.write('stream: ');
for await (const text of streamText({ model, prompt: 'Say hello.' }).textStream) process.stdout.write(text);
process.stdout.write('\n');

// The SDK runs the tool and sends the result back, in five steps at most.
const getWeather = tool({
  description: 'The weather of a city.',
  inputSchema: z.object({ city: z.string() }),
  execute: (input) => {
    console.log('tool: get_weather', JSON.stringify(input));
    return 'It is sunny.';
  },
});
const asked = await generateText({
  model,
  prompt: 'What is the weather in Paris? [[sim tool=get_weather input={"city":"Paris"}]]',
  tools: { get_weather: getWeather },
  stopWhen: isStepCount(5),
});
console.log('answer to it:', asked.text);

const weather = z.object({ city: z.string(), degrees: z.number() });
const parsed = await generateText({ model, prompt: 'Oslo', output: Output.object({ schema: weather }) });
console.log('structured:', JSON.stringify(parsed.output));

const words = { type: 'text', text: 'What is this? [[sim look]]' };
const picture = { type: 'file', data: Buffer.from(PNG, 'base64'), mediaType: 'image/png' };
const seen = await generateText({ model, messages: [{ role: 'user', content: [words, picture] }] });
console.log('image:', seen.text);

// Who leaves a stream pays no more than what was said by then: the gateway has the model stop.
const leaving = new AbortController();
const prompt = 'Count to a thousand. [[sim words=1000 delayMs=20]]';
let pieces = 0;
for await (const _ of streamText({ model, prompt, abortSignal: leaving.signal }).textStream) {
  pieces += 1;
  if (pieces === 5) break;
}
leaving.abort();
console.log('left after', pieces, 'pieces');
