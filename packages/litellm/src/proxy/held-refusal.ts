import type { UpstreamListener } from '@genai-gateway/pipeline';
import { asObject } from '../values.ts';

type Head = Parameters<UpstreamListener['onHead']>;

/** LiteLLM's own refusal is a few hundred bytes. */
const MAX_BYTES = 16 * 1024;

/** A 401 of LiteLLM's that is not passed on until it is known what it refuses. */
export class HeldRefusal {
  readonly #head: Head;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(...head: Head) {
    this.#head = head;
  }

  /** False: it is too long for what is looked for, and has to be passed on. */
  add(chunk: Buffer): boolean {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    return this.#bytes <= MAX_BYTES;
  }

  /**
   * Whether LiteLLM does not know the key, so that nothing was done; a provider's 401 is another one.
   * Source: LiteLLM 1.106.2, proxy/auth/auth_checks.py (get_key_object), https://github.com/BerriAI/litellm (read 2026-11-23).
   */
  isOfKey(): boolean {
    try {
      const { error } = asObject(JSON.parse(Buffer.concat(this.#chunks).toString('utf8'))) ?? {};
      return asObject(error)?.['type'] === 'token_not_found_in_db';
    } catch {
      return false;
    }
  }

  /** All that has come; not its end. */
  passOn(listener: UpstreamListener): void {
    listener.onHead(...this.#head);
    for (const chunk of this.#chunks) listener.onBytes(chunk);
  }
}
