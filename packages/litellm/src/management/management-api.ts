import { GatewayError } from '@genai-gateway/core';
import type { LitellmProxy } from '@genai-gateway/pipeline';
import { litellmUnreachable } from '../proxy/http-proxy.ts';

/** An answer of LiteLLM's management API, whatever its status. */
export interface ManagementAnswer {
  readonly status: number;
  /** The body as JSON; undefined where it is none. */
  readonly json: unknown;
}

export interface ManagementApiOptions {
  readonly proxy: LitellmProxy;
  /** Read for every call. */
  readonly masterKey: () => string;
}

/** Longer than LiteLLM takes for any of these calls, even while it starts to be busy. */
const ANSWER_MS = 15_000;
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** LiteLLM's management API, asked by the gateway itself: one whole answer to one question. */
export class ManagementApi {
  readonly #proxy: LitellmProxy;
  readonly #masterKey: () => string;

  constructor(options: ManagementApiOptions) {
    this.#proxy = options.proxy;
    this.#masterKey = options.masterKey;
  }

  /**
   * Asks with the master key, or with `credential`. Rejects with `litellm-unavailable`, `upstream-cut`, or with the
   * reason of the signal.
   */
  ask(
    request: { readonly method: 'GET' | 'POST'; readonly target: string; readonly body?: object | undefined },
    signal: AbortSignal,
    credential: string = this.#masterKey(),
  ): Promise<ManagementAnswer> {
    const { method, target, body } = request;
    const patience = AbortSignal.timeout(ANSWER_MS);
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      let status = 0;
      this.#proxy.send(
        {
          method,
          target,
          headers: { authorization: `Bearer ${credential}`, 'content-type': 'application/json' },
          body: body === undefined ? undefined : JSON.stringify(body),
        },
        {
          onHead: (head) => {
            status = head;
          },
          onBytes: (chunk) => {
            bytes += chunk.length;
            if (bytes <= MAX_ANSWER_BYTES) chunks.push(chunk);
          },
          onEnd: () => {
            if (bytes <= MAX_ANSWER_BYTES) resolve({ status, json: parsed(Buffer.concat(chunks)) });
            else reject(new GatewayError('upstream-failed', 'The answer of LiteLLM is too large.'));
          },
          onError: (error) => reject(patience.aborted && !signal.aborted ? litellmUnreachable(patience.reason) : error),
        },
        AbortSignal.any([signal, patience]),
      );
    });
  }
}

/** What LiteLLM says is wrong, as text: for the log and for telling its refusals apart. */
export function refusalText({ status, json }: ManagementAnswer): string {
  return `LiteLLM answered ${status}: ${JSON.stringify(json)?.slice(0, 500) ?? 'no JSON'}`;
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
