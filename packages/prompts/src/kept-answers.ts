import { type Clock, GatewayError, isGatewayError, keepNewest, unlessAborted } from '@genai-gateway/core';

export interface KeptAnswersOptions {
  readonly now: Clock;
  /** The longest that a look-up may take. */
  readonly timeoutMs: number;
  /** Told of each look-up that failed. */
  readonly onFailure: (key: string, error: unknown) => void;
}

/** How long an answer is good, in its age since it was asked for. */
export interface Lasting {
  /** Up to this age it is given without asking. */
  readonly freshMs: number;
  /** Up to this age it is given while it is renewed; then callers wait for the new one. */
  readonly staleMs: number;
  /** Up to this age it goes on when it cannot be renewed. */
  readonly outageMs: number;
}

/** "There is no such thing" is believed for this long. */
const REFUSED_MS = 4_000;
/** What failed is not asked again sooner, */
const RETRY_MS = 2_000;
/** and for this long nobody waits who can be given an old answer. */
const NO_WAIT_MS = 30_000;
/** Callers can name as much as they like: what is kept is bounded, */
const MAX_KEPT = 1_000;
/** and so is what is asked at a time, because an account may ask only so often. */
const MAX_UNDER_WAY = 16;

interface Good<Value> {
  readonly value: Value;
  /** When it was asked for. */
  readonly atMs: number;
  readonly lasting: Lasting;
}

interface Failed {
  readonly error: unknown;
  readonly atMs: number;
}

/**
 * Answers of a source by key: one look-up at a time for each, kept, renewed ahead, and kept on through an outage. A
 * refusal (`prompt-not-found`, `invalid-request`) is an answer, too; whatever else a look-up rejects with is a failure.
 */
export class KeptAnswers<Value> {
  readonly #options: KeptAnswersOptions;
  readonly #good = new Map<string, Good<Value>>();
  readonly #failed = new Map<string, Failed>();
  readonly #underWay = new Map<string, Promise<Value>>();
  /** Look-ups that run, those included whose answer nobody is to be given any more. */
  #running = 0;

  constructor(options: KeptAnswersOptions) {
    this.#options = options;
  }

  /**
   * Without a promise when the answer is at hand; then a refusal is thrown. Rejects with `prompts-unavailable` when
   * nothing usable is known, and with the signal's reason; the look-up goes on for those who wait with other signals.
   */
  of(
    key: string,
    lasting: Lasting,
    read: (signal: AbortSignal) => Promise<Value>,
    signal: AbortSignal,
  ): Value | Promise<Value> {
    const nowMs = this.#options.now();
    const good = this.#good.get(key);
    const ageMs = good === undefined ? Number.POSITIVE_INFINITY : nowMs - good.atMs;
    if (good !== undefined && ageMs < good.lasting.freshMs) return good.value;

    const failed = this.#failed.get(key);
    const failedForMs = failed === undefined ? Number.POSITIVE_INFINITY : nowMs - failed.atMs;
    if (failed !== undefined && failedForMs < (isRefusal(failed.error) ? REFUSED_MS : RETRY_MS)) {
      return this.#lastGood(key, failed.error);
    }
    signal.throwIfAborted();
    const renewal = this.#lookUp(key, lasting, read);
    const goesOn = failedForMs < NO_WAIT_MS && ageMs < lasting.outageMs;
    // A look-up is shared, so one caller who leaves does not end it.
    if (good === undefined || (ageMs >= good.lasting.staleMs && !goesOn)) return unlessAborted(renewal, signal);
    renewal.catch(() => {}); // told to operators, and asked again by a later call
    return good.value;
  }

  /** The answers to these keys may have changed: each is asked for anew before its next use, if that can be done. */
  forget(isMeant: (key: string) => boolean): void {
    const nowMs = this.#options.now();
    for (const [key, { value, atMs, lasting }] of this.#good) {
      if (isMeant(key)) this.#good.set(key, { value, atMs: Math.min(atMs, nowMs - lasting.staleMs), lasting });
    }
    for (const known of [this.#failed, this.#underWay]) {
      for (const key of known.keys()) if (isMeant(key)) known.delete(key);
    }
  }

  #lookUp(key: string, lasting: Lasting, read: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) return underWay;
    if (this.#running >= MAX_UNDER_WAY) return new Promise((resolve) => resolve(this.#lastGood(key, tooMany())));
    this.#running += 1;
    const isCurrent = () => this.#underWay.get(key) === started;
    const started = Promise.resolve()
      .then(() => this.#ask(key, lasting, read, isCurrent))
      .finally(() => {
        this.#running -= 1;
        if (isCurrent()) this.#underWay.delete(key);
      });
    this.#underWay.set(key, started);
    return started;
  }

  /** `isCurrent`: nobody has said meanwhile that the answer may have changed, so it may be kept. */
  async #ask(
    key: string,
    lasting: Lasting,
    read: (signal: AbortSignal) => Promise<Value>,
    isCurrent: () => boolean,
  ): Promise<Value> {
    const { now, timeoutMs, onFailure } = this.#options;
    const atMs = now();
    try {
      const value = await read(AbortSignal.timeout(timeoutMs));
      if (isCurrent()) {
        keepNewest(this.#good, key, { value, atMs, lasting }, MAX_KEPT);
        this.#failed.delete(key);
      }
      return value;
    } catch (error) {
      if (isCurrent()) {
        keepNewest(this.#failed, key, { error, atMs: now() }, MAX_KEPT);
        if (isRefusal(error)) this.#good.delete(key);
      }
      if (!isRefusal(error)) onFailure(key, error);
      return this.#lastGood(key, error);
    }
  }

  /** What is known when nothing new can be had. */
  #lastGood(key: string, error: unknown): Value {
    if (isRefusal(error)) throw error;
    const good = this.#good.get(key);
    if (good !== undefined && this.#options.now() - good.atMs < good.lasting.outageMs) return good.value;
    throw isGatewayError(error) ? error : unavailable(error);
  }
}

function isRefusal(error: unknown): boolean {
  return isGatewayError(error) && (error.code === 'prompt-not-found' || error.code === 'invalid-request');
}

function tooMany(): GatewayError {
  return unavailable(new Error(`${MAX_UNDER_WAY} prompts are being looked up.`));
}

function unavailable(cause: unknown): GatewayError {
  return new GatewayError('prompts-unavailable', 'Managed prompts cannot be read at the moment. Try again shortly.', {
    cause,
    retryAfterSeconds: 2,
  });
}
