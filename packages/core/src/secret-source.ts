/** One value of a secret that changes from time to time. */
export interface SecretVersion<Value = string> {
  readonly value: Value;
  /** When it took the place of the one before it, as far as that is known: milliseconds since the Unix epoch. */
  readonly sinceMs: number | undefined;
}

/** A secret whose value may be another one from now on, without a restart. */
export interface SecretSource<Value = string> {
  /** Newest first, and behind it the one whose place it took, where that is known. The same array until it changes. */
  versions(): readonly [SecretVersion<Value>, ...SecretVersion<Value>[]];
  /**
   * To be called when a value was refused: settles once it was read again, by one reading for all who wait, or could
   * not be. Never rejects: what was read last holds.
   */
  refresh(): Promise<void>;
}

/** Who a service is at a database or a cache. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/** A secret that stays as it is. */
export function fixedSecret<Value>(value: Value): SecretSource<Value> {
  const versions = [{ value, sinceMs: undefined }] as const;
  return { versions: () => versions, refresh: async () => {} };
}
