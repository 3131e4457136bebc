import { GatewayError } from '@genai-gateway/core';
import type { Call } from './call.ts';
import type { Services } from './services.ts';
import type { HeaderBag, UpstreamListener } from './upstream.ts';

/** A whole answer of the upstream. */
export interface UpstreamAnswer {
  readonly status: number;
  readonly headers: HeaderBag;
  readonly body: Buffer;
}

/** The largest answer that is held in memory; Bedrock's own are far below. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** Calls an upstream and waits for its whole answer, whatever its status. */
export function collect(
  call: Call,
  services: Services,
  send: (listener: UpstreamListener) => void,
): Promise<UpstreamAnswer> {
  return new Promise((resolve, reject) => {
    const answer = new AnswerBuffer();
    send({
      onHead: (status, headers) => {
        noteHead(call, services, status, headers);
        answer.head(status, headers);
      },
      onBytes: (chunk) => answer.push(chunk),
      onEnd: () => {
        try {
          resolve(answer.whole());
        } catch (error) {
          reject(error as Error);
        }
      },
      onError: reject,
    });
  });
}

/** Gathers an answer; what comes after the ceiling is not kept, and `whole` refuses it. */
export class AnswerBuffer {
  #status = 0;
  #headers: HeaderBag = {};
  #chunks: Buffer[] = [];
  #bytes = 0;

  head(status: number, headers: HeaderBag): void {
    this.#status = status;
    this.#headers = headers;
  }

  push(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes <= MAX_ANSWER_BYTES) this.#chunks.push(chunk);
  }

  whole(): UpstreamAnswer {
    if (this.#bytes > MAX_ANSWER_BYTES) {
      throw new GatewayError('upstream-failed', 'The answer of the model is too large to be passed on.');
    }
    const [first] = this.#chunks;
    const body = this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks, this.#bytes);
    return { status: this.#status, headers: this.#headers, body };
  }
}

export function noteHead(call: Call, services: Services, status: number, headers: HeaderBag): void {
  call.record.upstreamHeadAtMs = services.now();
  call.record.upstreamStatus = status;
  const id = headers['x-amzn-requestid'] ?? headers['x-litellm-call-id'];
  if (typeof id === 'string') call.record.upstreamRequestId = id;
}
