import { GatewayError } from '@genai-gateway/core';
import type { LitellmProxy, LitellmRequest, UpstreamListener } from '@genai-gateway/pipeline';
import { expect, test } from 'vitest';
import type { ManagementChange } from './management-changes.ts';
import { TellingLitellmProxy } from './telling-proxy.ts';

const HASH = 'a'.repeat(64);
const flow = { pause: () => undefined, resume: () => undefined };

/** A LiteLLM that reads the whole body, then answers. */
class Answering implements LitellmProxy {
  readonly #answer: (listener: UpstreamListener) => void;
  body = '';

  constructor(answer: (listener: UpstreamListener) => void) {
    this.#answer = answer;
  }

  send({ body }: LitellmRequest, listener: UpstreamListener): void {
    void this.#read(body).then(() => this.#answer(listener));
  }

  async #read(body: LitellmRequest['body']): Promise<void> {
    if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
      this.body = Buffer.from(body ?? '').toString();
      return;
    }
    for await (const chunk of body) this.body += Buffer.from(chunk).toString();
  }
}

const status = (code: number) => (listener: UpstreamListener) => {
  listener.onHead(code, {}, flow);
  listener.onEnd();
};

/** What was told, and when, beside what the caller heard. */
function call(request: Partial<LitellmRequest>, answer: (listener: UpstreamListener) => void): Promise<unknown[]> {
  const events: unknown[] = [];
  const litellm = new Answering(answer);
  const telling = new TellingLitellmProxy(litellm, (change: ManagementChange) => events.push(change.keys));
  return new Promise((resolve) => {
    telling.send(
      { method: 'POST', target: '/key/delete?x=y', headers: {}, body: undefined, ...request },
      {
        onHead: (code) => events.push(code),
        onBytes: () => undefined,
        onEnd: () => resolve([...events, litellm.body]),
        onError: (error) => resolve([...events, error.code]),
      },
      new AbortController().signal,
    );
  });
}

async function* streamed(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

const body = JSON.stringify({ keys: [HASH] });

test('a change is told before the caller hears of it, and its body goes on', async () => {
  expect(await call({ body }, status(200))).toEqual([[HASH], 200, body]);
});

test('the same of a body that streams, and of bytes', async () => {
  expect(await call({ body: streamed(body.slice(0, 5), body.slice(5)) }, status(200))).toEqual([[HASH], 200, body]);
  expect(await call({ body: Buffer.from(body) }, status(200))).toEqual([[HASH], 200, body]);
});

test('of a body too large to look into it is told that anything changed', async () => {
  const padded = `${body}${' '.repeat(70_000)}`;
  expect(await call({ body: streamed(padded) }, status(200))).toEqual(['any', 200, padded]);
});

test('a refusal changes nothing', async () => {
  expect(await call({ body }, status(403))).toEqual([403, body]);
});

test('a failure may have changed something', async () => {
  expect(await call({ body }, status(500))).toEqual([[HASH], 500, body]);
  const lost = (listener: UpstreamListener) => listener.onError(new GatewayError('upstream-timeout', 'Late.'));
  expect(await call({ body }, lost)).toEqual([[HASH], 'upstream-timeout']);
});

test('an answer that breaks off is told of once', async () => {
  const cut = (listener: UpstreamListener) => {
    listener.onHead(200, {}, flow);
    listener.onError(new GatewayError('upstream-cut', 'Cut.'));
  };
  expect(await call({ body }, cut)).toEqual([[HASH], 200, 'upstream-cut']);
});

test('a refusal that breaks off changes nothing either', async () => {
  const cut = (listener: UpstreamListener) => {
    listener.onHead(403, {}, flow);
    listener.onError(new GatewayError('upstream-cut', 'Cut.'));
  };
  expect(await call({ body }, cut)).toEqual([403, 'upstream-cut']);
});

test('what changes no key goes by', async () => {
  expect(await call({ method: 'GET', target: '/key/list' }, status(200))).toEqual([200, '']);
  expect(await call({ target: '/v1/chat/completions', body }, status(200))).toEqual([200, body]);
});
