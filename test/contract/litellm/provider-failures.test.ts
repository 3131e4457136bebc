import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assemble } from '../support/converse-stream.ts';
import { addModel, chat } from '../support/litellm.ts';
import { nativeClients } from '../support/native-clients.ts';
import { openaiClients } from '../support/openai-clients.ts';
import { says } from '../support/prompts.ts';
import { isWithout } from '../support/providers.ts';
import { stopPython } from '../support/python.ts';
import { at } from '../support/reply.ts';
import { requestOnce, script, uniqueWord } from '../support/simulator.ts';
import { litellmWorld, world } from '../support/world.ts';

afterAll(stopPython);

/** Models as in the default configuration, without LiteLLM's retries, and one whose key the provider refuses. */
const names = { openai: '', sagemaker: '', wrongKey: '' };
beforeAll(async () => {
  if (world.litellm === undefined) return;
  const { sagemaker } = world.litellm;
  names.openai = await addModel({ model: 'openai/gpt-4o-mini' });
  names.sagemaker = await addModel({
    model: 'sagemaker_chat/simulated',
    sagemaker_base_url: `${sagemaker}/endpoints/simulated/invocations`,
    aws_region_name: 'us-east-1',
  });
  names.wrongKey = await addModel({ model: 'openai/gpt-4o-mini', api_key: 'sk-wrong' });
});

const providers = [
  { name: 'OpenAI', model: () => names.openai, simulator: () => litellmWorld().openai },
  { name: 'SageMaker', model: () => names.sagemaker, simulator: () => litellmWorld().sagemaker },
];
const awsClients = nativeClients.filter(({ name }) => name.includes('TLS'));
const nativeCases = providers.flatMap((each) => awsClients.map((client) => ({ ...each, client, title: client.name })));
const openaiCases = providers.flatMap((each) =>
  openaiClients.map((client) => ({ ...each, client, title: client.name })),
);

/** What each error of a provider is to a client of Bedrock's API. */
const exceptions = [
  ['ThrottlingException', 'ThrottlingException', 429],
  ['ValidationException', 'ValidationException', 400],
  ['InternalServerException', 'InternalServerException', 500],
  ['ServiceUnavailableException', 'ServiceUnavailableException', 503],
  // The operator's credentials are no business of the caller's, whose own key is good.
  ['AccessDeniedException', 'InternalServerException', 502],
] as const;

/** By the status alone: where LiteLLM refuses a stream, it keeps the name of AWS's exception to itself. */
const sagemakerStreamed: Readonly<Record<string, object>> = {
  ThrottlingException: { name: 'ValidationException', status: 400 },
  InternalServerException: { name: 'ServiceUnavailableException', status: 503 },
};

/** LiteLLM 1.106.2 takes SageMaker's for the end of its answer, and finishes. */
const exceptionInStream = ['an exception within the stream', 'exception=internalServerException after=4 delayMs=200'];

// Most of these wait for something; none disturbs another.
describe.concurrent.each(nativeCases)(
  '$title asks a model of $name that fails, and',
  ({ name, client, model, simulator }) => {
    /** How this SDK names a modelled exception of a stream. */
    const streamName = (wire: string) =>
      client.isPython ? wire : wire.replace(/^./, (letter) => letter.toUpperCase());

    describe.skipIf(isWithout(client))('by Converse', () => {
      it.each(exceptions)('raises for %s of the provider: %s', async (error, wanted, status) => {
        for (const operation of ['Converse', 'ConverseStream'] as const) {
          const streamed =
            name === 'SageMaker' && operation === 'ConverseStream' ? sagemakerStreamed[error] : undefined;
          const expected = streamed ?? { name: wanted, status };
          const { failure } = await client.send(operation, { modelId: model(), ...says(`[[sim error=${error}]]`) });
          expect([operation, failure]).toMatchObject([operation, expected]);
          expect(failure?.message).not.toMatch(/arn:|[{}]/);
        }
      });

      it('raises ThrottlingException, with the wait that the provider asked for', async () => {
        const word = uniqueWord();
        await script(
          {
            match: { contains: word },
            reply: { fault: { kind: 'exception', name: 'ThrottlingException', retryAfterSeconds: 7 } },
          },
          simulator(),
        );
        const { failure } = await client.send('Converse', { modelId: model(), ...says(word) });
        // SageMaker never says for how long, and a client should wait at all.
        expect(failure).toMatchObject({ name: 'ThrottlingException', retryAfter: name === 'OpenAI' ? '7' : '1' });
      });

      it('raises ValidationException when the conversation is too long for the model', async () => {
        const word = uniqueWord();
        const message =
          "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.";
        const fault = { kind: 'exception', name: 'ValidationException', message } as const;
        await script({ match: { contains: word }, reply: { fault } }, simulator());
        const { failure } = await client.send('Converse', { modelId: model(), ...says(word) });
        expect(failure).toMatchObject({ name: 'ValidationException', status: 400 });
        expect(failure?.message).toMatch(/too long|maximum context length/i);
      });

      it.each([
        ...(name === 'SageMaker' ? [] : [exceptionInStream]),
        ['a connection that breaks', 'cut after=4 delayMs=200'],
      ])('raises after what has come, and never finishes, for %s', async (_what, directive) => {
        const input = { modelId: model(), ...says(`[[sim ${directive} words=20]]`) };
        const { events, failure } = await client.send('ConverseStream', input);
        expect([streamName('modelStreamErrorException'), streamName('internalServerException')]).toContain(
          failure?.name,
        );
        const assembled = assemble(events);
        expect(assembled).toMatchObject({ text: expect.stringMatching(/^word1/), stopReason: undefined });
        expect(assembled.order).not.toContain('metadata');
      });

      it('raises when the connection breaks before a whole answer', async () => {
        const { failure, output } = await client.send('Converse', { modelId: model(), ...says('[[sim cut after=0]]') });
        expect([output ?? undefined, failure?.status]).toEqual([undefined, expect.any(Number)]);
        expect(failure?.status).toBeGreaterThanOrEqual(500);
      });

      it('leaves a stream, and the provider is left too', async () => {
        const word = uniqueWord();
        const input = { modelId: model(), ...says(`${word} [[sim words=5000 delayMs=20]]`) };
        const { events } = await client.send('ConverseStream', input, { leaveAfter: 3 });
        expect(events).toHaveLength(3);
        await requestOnce(word, ({ aborted }) => aborted, { simulator: simulator(), withinMs: 10_000 });
      });

      it('gives up before the first byte, and the provider is left too', async () => {
        const giveUp = async (operation: 'Converse' | 'ConverseStream', directive: string) => {
          const word = uniqueWord();
          const input = { modelId: model(), ...says(`${word} [[sim ${directive}]]`) };
          const { failure } = await client.send(operation, input, { giveUpMs: 3_000 });
          expect([operation, failure?.name]).toEqual([operation, expect.stringMatching(/AbortError|ReadTimeoutError/)]);
          await requestOnce(word, ({ aborted }) => aborted, { simulator: simulator(), withinMs: 10_000 });
        };
        await Promise.all([giveUp('ConverseStream', 'firstByteMs=60000'), giveUp('Converse', 'stall')]);
      });
    });
  },
);

// One after the other: within LiteLLM a provider's connection that breaks can take another call with it.
describe.each(openaiCases)('$title asks a model of $name that fails, and', ({ name, client, model, simulator }) => {
  describe.skipIf(isWithout(client))('by chat', () => {
    it.each([
      // LiteLLM has no eye for what AWS's status does not say.
      ...(name === 'SageMaker' ? [] : ([['ThrottlingException', 'RateLimitError', 429]] as const)),
      ['ValidationException', 'BadRequestError', 400],
      ['InternalServerException', 'InternalServerError', name === 'SageMaker' ? 503 : 500],
      ['ServiceUnavailableException', 'InternalServerError', 503],
    ] as const)('raises for %s of the provider: %s', async (error, wanted, status) => {
      for (const stream of [false, true]) {
        const { failure } = await client.chat({ ...chat(model(), `[[sim error=${error}]]`), stream });
        expect(failure, JSON.stringify(failure)).toMatchObject({ name: wanted, status });
      }
    });

    it.each([
      ...(name === 'SageMaker' ? [] : [exceptionInStream]),
      ['a connection that breaks', 'cut after=4 delayMs=200'],
    ])('raises after what has come, and never finishes, for %s', async (_what, directive) => {
      const input = { ...chat(model(), `[[sim ${directive} words=20]]`), stream: true };
      const { events, failure } = await client.chat(input);
      expect(failure?.name).toBe('APIError');
      const said = (events ?? []).map((event) => at(event, 'choices', 0, 'delta', 'content') ?? '').join('');
      expect(said).toMatch(/^word1/);
      expect((events ?? []).filter((event) => at(event, 'choices', 0, 'finish_reason'))).toEqual([]);
    });

    it('leaves a stream, and the provider is left too', async () => {
      const word = uniqueWord();
      const input = { ...chat(model(), `${word} [[sim words=5000 delayMs=20]]`), stream: true };
      const { events } = await client.chat(input, { leaveAfter: 3 });
      expect(events).toHaveLength(3);
      await requestOnce(word, ({ aborted }) => aborted, { simulator: simulator(), withinMs: 10_000 });
    });

    it('gives up before the first byte, and the provider is left too', async () => {
      const giveUp = async (stream: boolean, directive: string) => {
        const word = uniqueWord();
        const input = { ...chat(model(), `${word} [[sim ${directive}]]`), stream };
        const { failure } = await client.chat(input, { giveUpMs: 3_000 });
        expect(failure?.name).toMatch(/APITimeoutError|APIConnectionTimeoutError/);
        await requestOnce(word, ({ aborted }) => aborted, { simulator: simulator(), withinMs: 10_000 });
      };
      await Promise.all([giveUp(true, 'firstByteMs=60000'), giveUp(false, 'stall')]);
    });
  });
});

describe.each(awsClients)('$name asks a model whose provider refuses the operator’s key, and', (client) => {
  it.skipIf(isWithout(client))('raises what it can do nothing about, without the key', async () => {
    // After the first refusal LiteLLM does not ask again for five seconds, and says so.
    const { failure } = await client.send('Converse', { modelId: names.wrongKey, ...says('Hello.') });
    expect(['InternalServerException', 'ThrottlingException']).toContain(failure?.name);
    expect(failure?.message).not.toMatch(/sk-|[0-9a-f]{32}/);
  });
});
