import { request } from 'undici';
import { asObject } from '../values.ts';
import { supportedLitellmVersion, wrongVersion } from './version.ts';

/** What is known of LiteLLM at the moment. */
export type LitellmState =
  /** It has not answered since this process started, or since it was last lost. */
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready' }
  /** It was there, and is not now. */
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'wrong-version'; readonly message: string };

export interface LitellmWatchOptions {
  /** Base URL, such as `http://litellm:4000`. */
  readonly url: string;
  /** A line for the log at each change of the state. */
  readonly log: (message: string) => void;
}

/** How often LiteLLM is looked at while it is well. */
const WELL_MS = 2_000;
/** And while it is not: what waits for it should not wait for longer than it must. */
const UNWELL_MS = 500;
/** A busy LiteLLM answers late; that alone does not make it lost. */
const ANSWER_MS = 5_000;
/** The version is asked for at every fifteenth look, twice a minute. */
const VERSION_EVERY = 15;
/** So many looks in a row must fail, unless the connection itself is refused. */
const LOST_AFTER = 3;

/**
 * Keeps an eye on LiteLLM: whether it is alive, and that it is the version this gateway knows.
 * `/public/model_hub/info` tells the version without a credential.
 * Source: LiteLLM 1.106.2, proxy/public_endpoints/public_endpoints.py, proxy/health_endpoints,
 * https://github.com/BerriAI/litellm (read 2026-11-23).
 */
export class LitellmWatch {
  readonly #base: string;
  readonly #log: (message: string) => void;
  #state: LitellmState = { kind: 'starting' };
  #failures = 0;
  #looks = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: LitellmWatchOptions) {
    this.#base = options.url.replace(/\/+$/, '');
    this.#log = options.log;
    void this.#look();
  }

  state(): LitellmState {
    return this.#state;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    try {
      await this.#ask('/health/liveliness');
      // Behind one address another version can take its place without a connection being refused.
      this.#looks += 1;
      if (this.#state.kind !== 'ready' || this.#looks % VERSION_EVERY === 0) this.#become(await this.#versionState());
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      const isRefused = error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
      if (this.#state.kind !== 'starting' && (isRefused || this.#failures >= LOST_AFTER)) {
        this.#become({ kind: 'unreachable' });
      }
    }
    if (this.#closed) return;
    this.#timer = setTimeout(() => void this.#look(), this.#state.kind === 'ready' ? WELL_MS : UNWELL_MS);
    this.#timer.unref();
  }

  async #versionState(): Promise<LitellmState> {
    const version = asObject(JSON.parse(await this.#ask('/public/model_hub/info')))?.['litellm_version'];
    if (version === supportedLitellmVersion) return { kind: 'ready' };
    return {
      kind: 'wrong-version',
      message: wrongVersion(typeof version === 'string' ? version : 'of no known version'),
    };
  }

  async #ask(path: string): Promise<string> {
    const answer = await request(this.#base + path, { signal: AbortSignal.timeout(ANSWER_MS) });
    const body = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`${path} answered ${answer.statusCode}`);
    return body;
  }

  #become(state: LitellmState): void {
    const before = this.#state;
    this.#state = state;
    if (before.kind === state.kind || this.#closed) return;
    this.#log(state.kind === 'wrong-version' ? state.message : `LiteLLM is ${state.kind}`);
  }
}
