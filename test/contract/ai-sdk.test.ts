import { createAmazonBedrock } from '@ai-sdk/amazon-bedrock';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, generateText, isStepCount, type LanguageModel, Output, streamText, tool } from 'ai';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { callWithoutArguments, threeCalls } from './support/prompts.ts';
import { requestOnce, requestsWith, uniqueWord } from './support/simulator.ts';
import { MODEL_ID, world } from './support/world.ts';

/** Vercel's AI SDK by each of its providers that can call a gateway, with this key. */
const providers: readonly { name: string; model: (key?: string) => LanguageModel }[] = [
  {
    name: 'openai-compatible',
    model: (apiKey = world.keys.good) =>
      createOpenAICompatible({
        name: 'gateway',
        baseURL: `${world.http}/v1`,
        apiKey,
        supportsStructuredOutputs: true,
        includeUsage: true,
      })('claude-sonnet'),
  },
  {
    name: 'amazon-bedrock',
    model: (apiKey = world.keys.good) =>
      createAmazonBedrock({ baseURL: `${world.http}/bedrock`, apiKey, region: 'us-east-1' })(MODEL_ID),
  },
];

const tools = {
  get_weather: tool({ inputSchema: z.object({ city: z.string() }), execute: ({ city }) => `Sunny in ${city}.` }),
  get_time: tool({ inputSchema: z.object({}), execute: () => 'Noon.' }),
};

describe.each(providers)('the AI SDK by $name', ({ model }) => {
  it('runs three tools at once, and goes on with what they say, streamed and whole', async () => {
    const options = { model: model(), prompt: threeCalls, tools, stopWhen: isStepCount(3) };
    const answer = 'Sunny in Paris.\nSunny in Oslo.\nNoon.';
    const called = ['get_weather', 'get_weather', 'get_time'];
    const streamed = streamText(options);
    let text = '';
    for await (const part of streamed.fullStream) {
      if (part.type === 'error') throw part.error;
      if (part.type === 'text-delta') text += part.text;
    }
    expect(text.endsWith(answer)).toBe(true);
    const steps = await streamed.steps;
    expect(steps.map(({ finishReason }) => finishReason)).toEqual(['tool-calls', 'stop']);
    expect(steps[0]?.toolCalls.map(({ toolName }) => toolName)).toEqual(called);
    const whole = await generateText(options);
    expect(whole.text).toBe(answer);
    expect(whole.steps[0]?.toolCalls.map(({ toolName }) => toolName)).toEqual(called);
  });

  it('calls a tool without arguments, and sends the call back', async () => {
    const streamed = streamText({ model: model(), prompt: callWithoutArguments, tools, stopWhen: isStepCount(2) });
    expect((await streamed.steps).map(({ toolCalls }) => toolCalls.map(({ input }) => input))).toEqual([[{}], []]);
  });

  it('gets an object as it grows', async () => {
    const schema = z.object({ city: z.string(), mood: z.enum(['good', 'bad']) });
    const streamed = streamText({ model: model(), prompt: 'Oslo', output: Output.object({ schema }) });
    let seen: unknown;
    for await (const partial of streamed.partialOutputStream) seen = partial;
    expect(seen).toEqual({ city: 'Oslo', mood: 'good' });
    expect(await streamed.output).toEqual({ city: 'Oslo', mood: 'good' });
  });

  it('gets reasoning apart from the text', async () => {
    const { text, reasoningText } = await generateText({
      model: model(),
      prompt: '[[sim reasoning="I weighed it." text="Done."]]',
    });
    expect([reasoningText, text]).toEqual(['I weighed it.', 'Done.']);
    const streamed = streamText({ model: model(), prompt: '[[sim reasoning="I weighed it." text="Done."]]' });
    expect([await streamed.reasoningText, await streamed.text]).toEqual(['I weighed it.', 'Done.']);
  });

  it('counts tokens', async () => {
    const streamed = streamText({ model: model(), prompt: 'A few words.' });
    await streamed.consumeStream();
    expect(await streamed.usage).toMatchObject({ inputTokens: 3, outputTokens: 3 });
  });

  it('has the model stop when it is aborted', async () => {
    const word = uniqueWord();
    const leaving = new AbortController();
    const prompt = `${word} [[sim words=5000 delayMs=20]]`;
    for await (const _ of streamText({ model: model(), prompt, abortSignal: leaving.signal }).textStream) {
      leaving.abort();
    }
    await requestOnce(word, (request) => request.aborted);
  });

  it('knows a refusal for what it is, and tries again what may pass', async () => {
    const refused = generateText({ model: model('sk-wrong'), prompt: 'x' });
    await expect(refused).rejects.toSatisfy(
      (error) => APICallError.isInstance(error) && [401, 403].includes(error.statusCode ?? 0) && !error.isRetryable,
    );
    const word = uniqueWord();
    const throttled = generateText({
      model: model(),
      prompt: `${word} [[sim error=ThrottlingException]]`,
      maxRetries: 0,
    });
    await expect(throttled).rejects.toSatisfy(
      (error) => APICallError.isInstance(error) && error.statusCode === 429 && error.isRetryable,
    );
    expect((await requestsWith(word)).length).toBeGreaterThan(0);
  });
});

it('thoughts come back to Claude signed, in an open tool loop, by the Bedrock provider', async () => {
  const bedrock = providers[1]?.model() ?? '';
  const { steps, text } = await generateText({
    model: bedrock,
    prompt: 'What is the weather? [[sim reasoning="Let me look." tool=get_weather input={"city":"Oslo"}]]',
    tools,
    stopWhen: isStepCount(2),
    providerOptions: { bedrock: { reasoningConfig: { type: 'enabled', budgetTokens: 1024 } } },
  });
  expect(steps[0]?.reasoningText).toBe('Let me look.');
  expect(text).toBe('Sunny in Oslo.');
});
