import { hash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isGatewayError, toGatewayError } from '@genai-gateway/core';
import type { MasterKeys } from '@genai-gateway/identity';
import type { LitellmProxy, LitellmRequest, UpstreamListener } from '@genai-gateway/pipeline';
import { HeldRefusal } from './held-refusal.ts';

/** Headers by which LiteLLM takes a key. */
const KEY_HEADERS = ['authorization', 'x-api-key', 'api-key', 'x-litellm-api-key', 'x-goog-api-key'];
/** Bodies of calls with a key are held up to here, so that they can be sent again. */
const MAX_HELD_BYTES = 1024 * 1024;
/**
 * While LiteLLM's tasks are replaced, the old ones take the one key and the new ones the other, and which task gets a
 * call is chance: no order that goes to and fro, which a load balancer that does the same would never meet.
 */
const ORDER = ['first', 'other', 'other', 'first', 'first', 'other'] as const;
const RETRY_MS = 50;

/**
 * LiteLLM, which reads its master key when it starts: whoever comes with a master key that the gateway takes is sent on
 * with the one that LiteLLM takes. What is known of that is the last answer; a refusal is followed by the other key.
 */
export class MasterKeyProxy implements LitellmProxy {
  readonly #proxy: LitellmProxy;
  readonly #keys: MasterKeys;
  /** What LiteLLM took last. */
  #taken: string | undefined;

  constructor(proxy: LitellmProxy, keys: MasterKeys) {
    this.#proxy = proxy;
    this.#keys = keys;
  }

  send(request: LitellmRequest, listener: UpstreamListener, signal: AbortSignal): void {
    const keyHeaders = KEY_HEADERS.filter((name) => keyIn(request.headers[name]) !== undefined);
    if (keyHeaders.length === 0) {
      this.#proxy.send(request, listener, signal);
      return;
    }
    const sent = this.#hasMaster(request)
      ? this.#send(request, listener, signal)
      : this.#sendUnknown(request, listener, signal);
    sent.catch((error: unknown) => listener.onError(isGatewayError(error) ? error : toGatewayError(error)));
  }

  /** The headers with the key that LiteLLM took last in place of another master key. */
  headersFor(headers: Readonly<Record<string, string>>, key = this.#preferred()): Record<string, string> {
    const changed = { ...headers };
    for (const name of KEY_HEADERS) {
      if (this.#isMaster(changed[name])) changed[name] = name === 'authorization' ? `Bearer ${key}` : key;
    }
    return changed;
  }

  #hasMaster({ headers }: LitellmRequest): boolean {
    return KEY_HEADERS.some((name) => this.#isMaster(headers[name]));
  }

  /** LiteLLM's management checks keys by itself: one that it does not know may be a master key that was made just now. */
  async #sendUnknown(request: LitellmRequest, listener: UpstreamListener, signal: AbortSignal): Promise<void> {
    const { body, isWhole, letGo } = await held(request.body);
    const sent = { ...request, body };
    const refusal = await this.#attempt(sent, lettingGo(listener, letGo), signal);
    if (refusal === undefined) return;
    await this.#keys.reread();
    if (isWhole && this.#hasMaster(request)) await this.#send(sent, listener, signal);
    else passOnWhole(refusal, listener);
  }

  async #send(request: LitellmRequest, listener: UpstreamListener, signal: AbortSignal): Promise<void> {
    const { body, isWhole, letGo } = await held(request.body);
    const first = this.#preferred();
    for (const [index, which] of ORDER.entries()) {
      const key = which === 'first' ? first : this.#other(first);
      if (key === undefined) break; // the last answer was passed on
      const isLast = !isWhole || index === ORDER.length - 1;
      const sent = { ...request, headers: this.headersFor(request.headers, key), body };
      const refusal = await this.#attempt(sent, lettingGo(listener, letGo), signal);
      if (refusal === undefined) {
        this.#taken = key;
        return;
      }
      if (index === 0) {
        const reread = this.#keys.reread();
        if (this.#other(first) === undefined) await reread;
      }
      if (isLast || this.#other(first) === undefined || signal.aborted) {
        passOnWhole(refusal, listener);
        return;
      }
      if (index > 0) await sleep(RETRY_MS);
    }
  }

  /** Gives LiteLLM's refusal of the key; undefined: the listener has, or gets, the answer. */
  #attempt(request: LitellmRequest, listener: UpstreamListener, signal: AbortSignal): Promise<HeldRefusal | undefined> {
    return new Promise((resolve) => {
      let refusal: HeldRefusal | undefined;
      this.#proxy.send(
        request,
        {
          onHead: (status, headers, flow) => {
            if (status === 401) {
              refusal = new HeldRefusal(status, headers, flow);
              return;
            }
            resolve(undefined);
            listener.onHead(status, headers, flow);
          },
          onBytes: (chunk) => {
            if (refusal === undefined) return listener.onBytes(chunk);
            if (refusal.add(chunk)) return;
            refusal.passOn(listener);
            refusal = undefined;
            resolve(undefined);
          },
          onEnd: () => {
            if (refusal?.isOfKey() === true) return resolve(refusal);
            refusal?.passOn(listener);
            listener.onEnd();
            resolve(undefined);
          },
          onError: (error) => {
            resolve(undefined);
            listener.onError(error);
          },
        },
        signal,
      );
    });
  }

  #preferred(): string {
    const values = this.#keys.values();
    return this.#taken !== undefined && values.includes(this.#taken) ? this.#taken : this.#keys.newest();
  }

  #other(key: string): string | undefined {
    return this.#keys.values().find((each) => each !== key);
  }

  #isMaster(header: string | undefined): boolean {
    const key = keyIn(header);
    return key !== undefined && this.#keys.accepts(hash('sha256', key, 'buffer'));
  }
}

function passOnWhole(refusal: HeldRefusal, listener: UpstreamListener): void {
  refusal.passOn(listener);
  listener.onEnd();
}

function keyIn(header: string | undefined): string | undefined {
  const value = header?.replace(/^bearer +/i, '').trim();
  return value?.startsWith('sk-') ? value : undefined;
}

interface HeldBody {
  readonly body: LitellmRequest['body'];
  /** Whether it can be sent again. */
  readonly isWhole: boolean;
  /** Reads to its end what was begun, where nobody does: until then the caller, who still sends, has no answer. */
  readonly letGo: () => void;
}

/** A body that can be sent again, unless it is too large: then it goes once. */
async function held(body: LitellmRequest['body']): Promise<HeldBody> {
  const whole = (all: LitellmRequest['body']): HeldBody => ({ body: all, isWhole: true, letGo: () => {} });
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) return whole(body);
  const rest = body[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const next = await rest.next();
    if (next.done === true) return whole(Buffer.concat(chunks));
    chunks.push(next.value);
    bytes += next.value.length;
    if (bytes <= MAX_HELD_BYTES) continue;
    return { body: joined(chunks, rest), isWhole: false, letGo: () => void readToEnd(rest) };
  }
}

async function readToEnd(rest: AsyncIterator<Uint8Array>): Promise<void> {
  try {
    while ((await rest.next()).done !== true);
  } catch {
    // The caller has left, or sends too much or nothing more.
  }
}

/** A call that failed may never have looked at its body. */
function lettingGo(listener: UpstreamListener, letGo: () => void): UpstreamListener {
  return {
    onHead: (...head) => listener.onHead(...head),
    onBytes: (chunk) => listener.onBytes(chunk),
    onEnd: () => listener.onEnd(),
    onError: (error) => {
      letGo();
      listener.onError(error);
    },
  };
}

async function* joined(chunks: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
