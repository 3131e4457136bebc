/** A rotation that must not go on, or cannot. `message` says what is wrong, and holds no value of a secret. */
export class RotationFailure extends Error {
  override readonly name = 'RotationFailure';
  /** What to do about it, as a sentence or two. */
  readonly mend: string;

  constructor(message: string, mend: string) {
    super(`${message} ${mend}`);
    this.mend = mend;
  }
}
