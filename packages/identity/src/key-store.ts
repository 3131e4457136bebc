import type { VirtualKey } from './principal.ts';

/** Where virtual keys are kept: LiteLLM's tables. */
export interface KeyStore {
  /**
   * The key whose SHA-256 (hex) this is, or undefined when there is none. Throws whatever the store
   * throws when it cannot be asked: the authenticator turns that into `identity-unavailable`, never
   * into "unknown key".
   */
  findByHash(keyHash: string, signal: AbortSignal): Promise<VirtualKey | undefined>;
}
