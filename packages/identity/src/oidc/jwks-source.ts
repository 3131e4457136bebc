/** Port: where an issuer's public keys are published. */
export interface JwksSource {
  /** The key set as it is now, as parsed JSON. Rejects when it cannot be had; never an answer by guess. */
  read(signal: AbortSignal): Promise<unknown>;
}
