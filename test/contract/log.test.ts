import { readFileSync } from 'node:fs';
import { keyHash } from '@genai-gateway/local';
import { describe, expect, it, vi } from 'vitest';
import { requestOnce, uniqueWord } from './support/simulator.ts';
import { ALIAS, MODEL_ID, world } from './support/world.ts';

/** The lines of the log about one request; the gateway writes them twice a second. */
function linesOf(requestId: string): Promise<readonly Record<string, unknown>[]> {
  return vi.waitFor(
    () => {
      const lines = readFileSync(world.gatewayLog, 'utf8')
        .split('\n')
        .filter((line) => line.includes(requestId));
      if (lines.length === 0) throw new Error(`The log has nothing about ${requestId}`);
      return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    },
    { timeout: 10_000, interval: 100 },
  );
}

async function ask(content: string, key: string, stream: boolean, signal?: AbortSignal): Promise<string> {
  const reply = await fetch(`${world.http}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: ALIAS, stream, messages: [{ role: 'user', content }] }),
    ...(signal === undefined ? {} : { signal }),
  });
  if (signal === undefined) await reply.text();
  return reply.headers.get('x-request-id') ?? '';
}

describe('the log', () => {
  it.each([
    ['an answer', '', false, { outcome: 'ok', status: 200, stopReason: 'end_turn' }],
    ['a stream', '', true, { outcome: 'ok', status: 200, stopReason: 'end_turn', stream: true }],
    [
      'a refusal of the model',
      '[[sim error=ThrottlingException]]',
      false,
      { outcome: 'upstream-error', status: 429, errorCode: 'upstream-throttled', upstreamStatus: 429 },
    ],
    [
      'a stream that was cut',
      '[[sim cut after=4 words=20]]',
      true,
      { outcome: 'upstream-error', status: 200, errorCode: 'upstream-cut' },
    ],
  ])('has one line for %s, with who, what and how much', async (_what, directive, stream, expected) => {
    const word = uniqueWord();
    const lines = await linesOf(await ask(`${word} ${directive}`, world.keys.good, stream));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      ...expected,
      principal: keyHash(world.keys.good),
      alias: ALIAS,
      modelId: MODEL_ID,
      dialect: 'openai',
      durationMs: expect.any(Number),
    });
    if (expected.outcome === 'ok') {
      expect(lines[0]).toMatchObject({ inputTokens: expect.any(Number), outputTokens: expect.any(Number) });
    }
    const log = readFileSync(world.gatewayLog, 'utf8');
    expect(log).not.toContain(word);
  });

  it('has one line for a refused key', async () => {
    const lines = await linesOf(await ask('Hello.', 'sk-wrong-but-secret', false));
    expect(lines).toMatchObject([{ outcome: 'caller-error', status: 401, errorCode: 'invalid-credential' }]);
  });

  it('has one line for a caller who left', async () => {
    const word = uniqueWord();
    const abort = new AbortController();
    const requestId = await ask(`${word} [[sim words=5000 delayMs=20]]`, world.keys.good, true, abort.signal);
    abort.abort();
    await requestOnce(word, (request) => request.aborted);
    expect(await linesOf(requestId)).toMatchObject([{ outcome: 'client-gone', errorCode: 'client-gone' }]);
  });

  it('has no key, no password and no header of anybody in it', () => {
    const log = readFileSync(world.gatewayLog, 'utf8');
    const secrets = [
      ...Object.values(world.keys),
      world.masterKey,
      'sk-wrong-but-secret',
      new URL(world.databaseUrl).password,
    ];
    for (const secret of secrets) expect(log).not.toContain(secret);
    expect(log).not.toMatch(/Bearer |authorization|AWS4-HMAC|wJalrXUtnFEMI/i);
  });
});
