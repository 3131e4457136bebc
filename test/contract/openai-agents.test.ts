import { Agent, OpenAIResponsesModel, Runner, setTracingDisabled, tool } from '@openai/agents';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openaiForNode } from './support/openai-clients.ts';
import { at } from './support/reply.ts';
import { requestsWith, uniqueWord } from './support/simulator.ts';
import { ALIAS } from './support/world.ts';

setTracingDisabled(true);

const model = new OpenAIResponsesModel(openaiForNode(), ALIAS);
const runner = new Runner({ tracingDisabled: true });
const weather = tool({
  name: 'get_weather',
  description: 'Weather of a city.',
  parameters: z.object({ city: z.string() }),
  execute: async ({ city }) => `18 °C in ${city}`,
});

/** The model thinks, calls the tool, and answers with what it has read; its thoughts it takes back with their signature only. */
const question = (word: string): string =>
  `[[sim reasoning="I have to look." tool=get_weather input={"city":"Paris"}]] I look. ${word}`;

describe('OpenAI’s Agents SDK on Responses', () => {
  it('runs a tool and answers', async () => {
    const word = uniqueWord();
    const agent = new Agent({ name: 'a', instructions: 'Use your tools.', model, tools: [weather] });
    const result = await runner.run(agent, question(word));
    expect(result.finalOutput).toContain('18 °C in Paris');
    const asked = (await requestsWith(word)).map(({ bodyText }) => JSON.parse(bodyText) as unknown);
    expect(asked).toHaveLength(2);
    expect(at(asked[1], 'messages', 1, 'content')).toMatchObject([
      { reasoningContent: { reasoningText: { text: 'I have to look.', signature: expect.any(String) } } },
      { text: `I look. ${word}` },
      { toolUse: { name: 'get_weather', input: { city: 'Paris' } } },
    ]);
    expect(at(asked[1], 'messages', 2, 'content', 0, 'toolResult', 'content', 0, 'text')).toBe('18 °C in Paris');
  });

  it('streams, with the same loop', async () => {
    const word = uniqueWord();
    const agent = new Agent({ name: 'a', model, tools: [weather] });
    const result = await runner.run(agent, question(word), { stream: true });
    let text = '';
    for await (const piece of result.toTextStream()) text += piece;
    await result.completed;
    expect(text).toContain('18 °C in Paris');
    expect(result.state.usage.outputTokens).toBeGreaterThan(0);
  });

  it('gets an answer of a type', async () => {
    const answer = z.object({ city: z.string(), degrees: z.number() });
    const agent = new Agent({ name: 'a', model, outputType: answer });
    const result = await runner.run(agent, '[[sim text={"city":"Paris","degrees":18}]]');
    expect(result.finalOutput).toEqual({ city: 'Paris', degrees: 18 });
  });

  it('reads why it was refused', async () => {
    const agent = new Agent({ name: 'a', model: new OpenAIResponsesModel(openaiForNode(), 'no-such-model') });
    await expect(runner.run(agent, 'Hello.')).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
  });
});
