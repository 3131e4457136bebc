import { type Clock, GatewayError } from '@genai-gateway/core';
import type { AwsCredentials } from './sigv4.ts';

/** Asks for credentials, anew when `forceRefresh` is set; the AWS SDK's provider chain has this shape. */
export type CredentialProvider = (options?: { readonly forceRefresh?: boolean }) => Promise<AwsCredentials>;

/** With less left than this they are renewed while the old ones go on. */
const REFRESH_AHEAD_MS = 10 * 60_000;
/** With less left than this they are not used any more. */
const UNUSABLE_MS = 30_000;
/** A renewal that failed is not tried again sooner. */
const RETRY_MS = 5_000;

/**
 * The credentials to sign with: read once, renewed ahead of their end, one renewal at a time. A
 * renewal that fails leaves the old ones in use for as long as they are valid.
 */
export class CredentialSource {
  readonly #provider: CredentialProvider;
  readonly #now: Clock;
  #current: AwsCredentials | undefined;
  #loading: Promise<AwsCredentials> | undefined;
  #notBeforeMs = 0;

  constructor(provider: CredentialProvider, now: Clock) {
    this.#provider = provider;
    this.#now = now;
  }

  /** Answers without a promise when it can. Rejects with `credentials-unavailable`. */
  get(): AwsCredentials | Promise<AwsCredentials> {
    const current = this.#current;
    if (current === undefined) return this.#load(false);
    if (current.expiration === undefined) return current;
    const leftMs = current.expiration.getTime() - this.#now();
    if (leftMs > REFRESH_AHEAD_MS) return current;
    if (leftMs <= UNUSABLE_MS) return this.#load(true);
    if (this.#now() >= this.#notBeforeMs) this.#load(true).catch(() => {});
    return current;
  }

  #load(forceRefresh: boolean): Promise<AwsCredentials> {
    this.#loading ??= this.#read(forceRefresh).finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #read(forceRefresh: boolean): Promise<AwsCredentials> {
    this.#notBeforeMs = this.#now() + RETRY_MS;
    try {
      this.#current = await this.#provider({ forceRefresh });
      return this.#current;
    } catch (cause) {
      throw new GatewayError('credentials-unavailable', 'The gateway has no AWS credentials at the moment.', {
        cause,
        retryAfterSeconds: 5,
      });
    }
  }
}
