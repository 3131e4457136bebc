import { createOpenAI } from '@ai-sdk/openai';
import { generateText, isStepCount, Output, streamText, tool } from 'ai';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { at } from './support/reply.ts';
import { requestsWith, uniqueWord } from './support/simulator.ts';
import { ALIAS, world } from './support/world.ts';

const openai = createOpenAI({ baseURL: `${world.http}/v1`, apiKey: world.keys.good });
const model = openai.responses(ALIAS);
/** It sends references to stored items otherwise. */
const stateless = { openai: { store: false } };
const tools = {
  get_weather: tool({
    description: 'Weather of a city.',
    inputSchema: z.object({ city: z.string() }),
    execute: async ({ city }) => `18 °C in ${city}`,
  }),
};
const question = (word: string): string =>
  `[[sim reasoning="I have to look." tool=get_weather input={"city":"Paris"}]] I look. ${word}`;

describe('Vercel’s AI SDK on Responses', () => {
  it('gets a text', async () => {
    const { text, usage } = await generateText({ model, prompt: 'A few words.' });
    expect(text).toBe('A few words.');
    expect(usage.outputTokens).toBeGreaterThan(0);
  });

  it('streams a tool loop', async () => {
    const word = uniqueWord();
    const result = streamText({
      model,
      tools,
      prompt: question(word),
      stopWhen: isStepCount(3),
      providerOptions: stateless,
    });
    let text = '';
    for await (const piece of result.textStream) text += piece;
    expect(text).toContain('18 °C in Paris');
    const asked = (await requestsWith(word)).map(({ bodyText }) => JSON.parse(bodyText) as unknown);
    expect(asked).toHaveLength(2);
    expect(at(asked[1], 'messages', 2, 'content', 0, 'toolResult', 'content', 0, 'text')).toBe('18 °C in Paris');
  });

  it('shows the thinking that it asked for as a summary', async () => {
    const result = streamText({
      model,
      prompt: '[[sim reasoning="Let me think." text="Done."]]',
      providerOptions: { openai: { store: false, reasoningSummary: 'auto', forceReasoning: true } },
    });
    await result.consumeStream();
    expect(await result.reasoningText).toBe('Let me think.');
    expect(await result.text).toBe('Done.');
  });

  it('gets an object after a schema', async () => {
    const answer = z.object({ city: z.string(), degrees: z.number() });
    const { output } = await generateText({
      model,
      output: Output.object({ schema: answer }),
      prompt: '[[sim text={"city":"Paris","degrees":18}]]',
    });
    expect(output).toEqual({ city: 'Paris', degrees: 18 });
  });

  it('reads why it was refused', async () => {
    const refused = generateText({ model: openai.responses('no-such-model'), prompt: 'x', maxRetries: 0 });
    await expect(refused).rejects.toMatchObject({ statusCode: 404 });
  });
});
