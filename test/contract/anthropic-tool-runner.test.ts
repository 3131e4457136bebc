import Anthropic from '@anthropic-ai/sdk';
import { describe, expect, it } from 'vitest';
import { weatherSchema } from './support/prompts.ts';
import { ALIAS, world } from './support/world.ts';

const client = new Anthropic({ baseURL: world.http, apiKey: world.keys.good, maxRetries: 0 });

describe.each([
  ['Claude, by InvokeModel', ALIAS],
  ['another model, by Converse', 'nova-lite'],
])('the tool runner of Anthropic’s library, with %s', (_which, model) => {
  it.each([
    ['with the thread that it begins by itself', {}],
    ['without one', { thread: false } as const],
  ])('runs a tool and gets on, %s', async (_how, thread) => {
    const ran: unknown[] = [];
    const runner = client.beta.messages.toolRunner({
      model,
      max_tokens: 500,
      messages: [{ role: 'user', content: 'Weather? [[sim tool=get_weather input={"city":"Paris"}]]' }],
      tools: [
        {
          type: 'custom',
          name: 'get_weather',
          input_schema: weatherSchema as never,
          parse: (input: unknown) => input,
          run: (input: unknown) => {
            ran.push(input);
            return 'Sunny.';
          },
        },
      ],
      ...thread,
    });
    const { content } = await runner;
    expect(content).toMatchObject([{ type: 'text', text: 'Sunny.' }]);
    expect(ran).toEqual([{ city: 'Paris' }]);
  });
});
