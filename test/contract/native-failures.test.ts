import { streamExceptions } from '@genai-gateway/simulators';
import { afterAll, describe, expect, it } from 'vitest';
import { assemble } from './support/converse-stream.ts';
import { nativeClients } from './support/native-clients.ts';
import { claudeBody, says } from './support/prompts.ts';
import { stopPython } from './support/python.ts';
import { at } from './support/reply.ts';
import { requestOnce, script, uniqueWord } from './support/simulator.ts';
import { ALIAS, MODEL_ID, world } from './support/world.ts';

afterAll(stopPython);

/** Exceptions of Converse and ConverseStream before an answer, with their status. */
const exceptions = [
  ['AccessDeniedException', 403],
  ['InternalServerException', 500],
  ['ModelErrorException', 424],
  ['ModelNotReadyException', 429],
  ['ModelTimeoutException', 408],
  ['ResourceNotFoundException', 404],
  ['ServiceUnavailableException', 503],
  ['ThrottlingException', 429],
  ['ValidationException', 400],
] as const;

describe.each(nativeClients)('$name', (client) => {
  const skip = client.isPython && world.python === undefined;
  /** How this SDK names a modelled exception of a stream. */
  const streamName = (name: string) => (client.isPython ? name : name.replace(/^./, (letter) => letter.toUpperCase()));

  describe.skipIf(skip)('raises', () => {
    it.each([
      ['a wrong key', { key: 'sk-wrong' }],
      ['no key', { key: null }],
      ['a blocked key', { key: world.keys.blocked }],
      ['an expired key', { key: world.keys.expired }],
      ['a model that the key may not use', { key: world.keys.novaOnly }],
    ])('AccessDeniedException for %s', async (_what, options) => {
      for (const operation of ['Converse', 'ConverseStream'] as const) {
        const { failure } = await client.send(operation, { modelId: ALIAS, ...says('Hello.') }, options);
        expect(failure).toMatchObject({ name: 'AccessDeniedException', status: 403 });
      }
      const invoked = await client.send('InvokeModel', { modelId: MODEL_ID, body: claudeBody('Hello.') }, options);
      expect(invoked.failure).toMatchObject({ name: 'AccessDeniedException', status: 403 });
    });

    it('ResourceNotFoundException for a model that does not exist', async () => {
      const { failure } = await client.send('Converse', { modelId: 'no-such-model', ...says('Hello.') });
      expect(failure).toMatchObject({ name: 'ResourceNotFoundException', status: 404 });
    });

    it('ValidationException for a body that its model cannot read', async () => {
      const input = { modelId: MODEL_ID, body: Buffer.from('{ no JSON') };
      const { failure } = await client.send('InvokeModel', input);
      expect(failure).toMatchObject({ name: 'ValidationException', status: 400 });
    });

    it.each(exceptions)('%s as the model gave it', async (name, status) => {
      for (const operation of ['Converse', 'ConverseStream'] as const) {
        const { failure } = await client.send(operation, { modelId: ALIAS, ...says(`[[sim error=${name}]]`) });
        expect(failure).toMatchObject({ name, status, message: expect.stringContaining(`A scripted ${name}`) });
      }
    });

    it('ServiceQuotaExceededException of InvokeModel', async () => {
      const body = claudeBody('[[sim error=ServiceQuotaExceededException]]');
      const { failure } = await client.send('InvokeModel', { modelId: MODEL_ID, body });
      expect(failure).toMatchObject({ name: 'ServiceQuotaExceededException', status: 400 });
    });

    it('ThrottlingException with the wait that the model asked for', async () => {
      const word = uniqueWord();
      await script({
        match: { contains: word },
        reply: { fault: { kind: 'exception', name: 'ThrottlingException', retryAfterSeconds: 7 } },
      });
      const { failure } = await client.send('Converse', { modelId: ALIAS, ...says(word) });
      expect(failure).toMatchObject({ name: 'ThrottlingException', retryAfter: '7' });
    });

    it('nothing when a second attempt goes through', async () => {
      const word = uniqueWord();
      await script({
        match: { contains: word },
        reply: { fault: { kind: 'exception', name: 'ThrottlingException', retryAfterSeconds: 0 } },
      });
      const { failure, output } = await client.send('Converse', { modelId: ALIAS, ...says(word) }, { attempts: 3 });
      expect(failure).toBeUndefined();
      expect(at(output, 'stopReason')).toBe('end_turn');
    });

    it.each(streamExceptions.filter((name) => name !== 'modelTimeoutException'))(
      '%s within a stream, after what has come',
      async (name) => {
        const input = { modelId: ALIAS, ...says(`[[sim exception=${name} after=4 words=20]]`) };
        const { events, failure } = await client.send('ConverseStream', input);
        expect(failure?.name).toBe(streamName(name));
        expect(assemble(events)).toMatchObject({ text: expect.stringMatching(/^word1 word2/), stopReason: undefined });
      },
    );

    it.each([
      ['a connection that breaks', 'cut after=4'],
      ['a stream without its end', 'unfinished'],
    ])('modelStreamErrorException after what has come, for %s', async (_what, directive) => {
      const text = `[[sim ${directive} words=20]]`;
      const { events, failure } = await client.send('ConverseStream', { modelId: ALIAS, ...says(text) });
      expect(failure?.name).toBe(streamName('modelStreamErrorException'));
      expect(assemble(events)).toMatchObject({ text: expect.stringMatching(/^word1 word2/), stopReason: undefined });

      const input = { modelId: MODEL_ID, body: claudeBody(text) };
      const invoked = await client.send('InvokeModelWithResponseStream', input);
      expect(invoked.failure?.name).toBe(streamName('modelStreamErrorException'));
      expect(invoked.events?.length).toBeGreaterThan(2);
    });

    it('an error for a damaged frame, never a silent end', async () => {
      const input = { modelId: ALIAS, ...says('[[sim corrupt after=4 words=20]]') };
      const { events, failure } = await client.send('ConverseStream', input);
      expect(failure).toBeDefined();
      expect(assemble(events).stopReason).toBeUndefined();
    });

    it('an error when the connection breaks before an answer', async () => {
      for (const operation of ['Converse', 'ConverseStream'] as const) {
        const { failure } = await client.send(operation, { modelId: ALIAS, ...says('[[sim cut after=0]]') });
        expect(failure).toBeDefined();
      }
    });
  });

  describe.skipIf(skip)('leaves', () => {
    it('a stream, and the model stops', async () => {
      const word = uniqueWord();
      const input = { modelId: ALIAS, ...says(`${word} [[sim words=5000 delayMs=20]]`) };
      const { events } = await client.send('ConverseStream', input, { leaveAfter: 3 });
      expect(events).toHaveLength(3);
      await requestOnce(word, (request) => request.aborted);
    });

    it.each([
      ['ConverseStream', 'firstByteMs=60000'],
      ['Converse', 'stall'],
    ] as const)('%s before its first byte, and the model stops', async (operation, directive) => {
      const word = uniqueWord();
      const input = { modelId: ALIAS, ...says(`${word} [[sim ${directive}]]`) };
      const { failure } = await client.send(operation, input, { giveUpMs: 300 });
      expect(failure?.name).toMatch(/AbortError|ReadTimeoutError/);
      await requestOnce(word, (request) => request.aborted);
    });
  });
});
