import { GatewayError } from '@genai-gateway/core';
import type { Account, Accounts, OpenOutcome, OpenRequest, UsageEvent } from '@genai-gateway/governance';
import { countedTokens } from './account-keys.ts';
import { LocalCounters, type LocalHold } from './local-counters.ts';

export interface LocalAccountsOptions {
  /** Takes an event to the books. */
  readonly enqueue: (event: UsageEvent) => void;
  /** Whether the books take no more. */
  readonly isFull: () => boolean;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Answer to a call while nothing can be written to the books. */
export function booksFull(): GatewayError {
  const message = 'The books of this gateway are full because they could not be written for too long. Try again later.';
  return new GatewayError('accounts-unavailable', message, { retryAfterSeconds: 5 });
}

/**
 * Accounts in the memory of this process: exact for one replica and without LiteLLM beside it. What is held is lost
 * with the process; what is settled is as safe as `enqueue` makes it.
 */
export class LocalAccounts implements Accounts {
  readonly #options: LocalAccountsOptions;
  readonly #counters: LocalCounters;

  constructor(options: LocalAccountsOptions) {
    this.#options = options;
    this.#counters = new LocalCounters(options.now ?? Date.now);
  }

  async open(request: OpenRequest, signal: AbortSignal): Promise<OpenOutcome> {
    signal.throwIfAborted();
    if (this.#options.isFull()) throw booksFull();
    const outcome = this.#counters.open(request, 1);
    if ('refusal' in outcome) return { opened: false, refusal: outcome.refusal };
    const { hold } = outcome;
    const account = new LocalAccount(request, hold, this.#options.enqueue);
    return { opened: true, account, standings: hold.standings };
  }

  bookRefused(event: UsageEvent): void {
    this.#options.enqueue(event);
  }
}

class LocalAccount implements Account {
  readonly #request: OpenRequest;
  readonly #hold: LocalHold;
  readonly #enqueue: (event: UsageEvent) => void;
  #settled: Promise<void> | undefined;

  constructor(request: OpenRequest, hold: LocalHold, enqueue: (event: UsageEvent) => void) {
    this.#request = request;
    this.#hold = hold;
    this.#enqueue = enqueue;
  }

  settle(event: UsageEvent): Promise<void> {
    this.#settled ??= this.#book(event);
    return this.#settled;
  }

  async #book(event: UsageEvent): Promise<void> {
    this.#hold.release(countedTokens(event, this.#request.estimatedTokens), event.costNanoUsd);
    this.#enqueue(event);
  }
}
