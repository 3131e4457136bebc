export interface SecretTexts {
  readonly current: string;
  readonly pending: string;
}

/**
 * Port: what a secret opens, such as a database. There is no method that takes an old value away: that happens when the
 * next one is accepted, because a service may hold the value before for as long as it runs. So a value that has leaked is
 * worthless after two rotations.
 */
export interface RotatedCredential {
  /** A value to take the place of this one. Throws {@link RotationFailure} for one that is none of its kind. */
  next(current: string): string;
  /**
   * Has the pending value open what the current one opens, and the current one go on. May be done again at any time.
   * Rejects with {@link RotationFailure} where the pending value cannot be had beside the current one.
   */
  accept(texts: SecretTexts, signal: AbortSignal): Promise<void>;
  /** Rejects unless this value opens it, with all the rights that are needed. */
  test(pending: string, signal: AbortSignal): Promise<void>;
}
