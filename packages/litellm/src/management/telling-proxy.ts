import type { LitellmProxy, LitellmRequest, UpstreamListener } from '@genai-gateway/pipeline';
import { changeOf, changesKeys, type ManagementChange } from './management-changes.ts';

/** Bodies of management calls are small; of a larger one it is only known that something changed. */
const MAX_SEEN_BYTES = 64 * 1024;

/**
 * LiteLLM, and whoever has to hear of it when a call has changed what keys may do. They are told before the caller
 * reads the answer, and also when the answer never came: the change may have been made.
 */
export class TellingLitellmProxy implements LitellmProxy {
  readonly #proxy: LitellmProxy;
  readonly #tell: (change: ManagementChange) => void;

  constructor(proxy: LitellmProxy, tell: (change: ManagementChange) => void) {
    this.#proxy = proxy;
    this.#tell = tell;
  }

  send(request: LitellmRequest, listener: UpstreamListener, signal: AbortSignal): void {
    const [path = ''] = request.target.split('?', 1);
    if (!changesKeys(request.method, path)) {
      this.#proxy.send(request, listener, signal);
      return;
    }
    const { body, seen } = watched(request.body);
    let isTold = false;
    const tell = (): void => {
      if (isTold) return;
      isTold = true;
      this.#tell(changeOf(path, seen()));
    };
    const telling: UpstreamListener = {
      onHead: (status, headers, flow) => {
        if (status < 400 || status >= 500) tell();
        else isTold = true; // refused: nothing was changed
        listener.onHead(status, headers, flow);
      },
      onBytes: (chunk) => listener.onBytes(chunk),
      onEnd: () => listener.onEnd(),
      onError: (error) => {
        tell();
        listener.onError(error);
      },
    };
    this.#proxy.send({ ...request, body }, telling, signal);
  }
}

/** A body that goes on as it is, and its text as far as it has gone; undefined: too much of it. */
function watched(body: LitellmRequest['body']): {
  readonly body: LitellmRequest['body'];
  readonly seen: () => string | undefined;
} {
  if (body === undefined) return { body, seen: () => '{}' };
  if (typeof body === 'string' || body instanceof Uint8Array) {
    return { body, seen: () => (body.length > MAX_SEEN_BYTES ? undefined : Buffer.from(body).toString('utf8')) };
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  async function* passing(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of stream) {
      bytes += chunk.length;
      if (bytes <= MAX_SEEN_BYTES) chunks.push(chunk);
      yield chunk;
    }
  }
  return {
    body: passing(body),
    seen: () => (bytes > MAX_SEEN_BYTES ? undefined : Buffer.concat(chunks).toString('utf8')),
  };
}
