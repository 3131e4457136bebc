/** A database that cannot be made LiteLLM's: `message` says what is wrong with it. */
export class MigrationFailure extends Error {
  override readonly name = 'MigrationFailure';
  /** What to do about it, as a sentence or two. */
  readonly mend: string;

  constructor(message: string, { mend, cause }: { readonly mend: string; readonly cause?: unknown }) {
    super(message, cause === undefined ? undefined : { cause });
    this.mend = mend;
  }
}
