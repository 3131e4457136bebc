import type { CaseFiles } from './case-files.ts';

/** What is derived in a case, by the name of its file: JSON values in `.json`, else text or bytes. */
export type DerivedFiles = Readonly<Record<string, unknown>>;

/** One row of a table of rules: what is given, under the names that the direction has for it. */
export type RuleRow = Readonly<Record<string, unknown>>;

/** One direction of translation: how its cases are read, and what our code makes of them. */
export interface VectorDirection {
  /** Its folder in `test/vectors`: client over upstream. */
  readonly name: string;
  /** Files that a case may give, besides `about.md`. What is neither given nor derived is a stranger. */
  readonly given: readonly string[];
  /**
   * Runs a case through all of our code, the bytes of its stream in pieces of `pieceBytes`. A refused request throws
   * its `GatewayError`; an error within an answer is part of what is derived.
   */
  derive(given: CaseFiles, pieceBytes: number): DerivedFiles;
  /** Everything wrong with it by rules that share no code with the translation. */
  violations(derived: DerivedFiles, given: CaseFiles): readonly string[] | Promise<readonly string[]>;
  /**
   * The same for a row of `rules/<topic>.json`: a request and what becomes of it, or an answer and what becomes of that.
   * Throws the `GatewayError` of what is refused.
   */
  deriveRow?(given: RuleRow): unknown;
}

/** A translated request in a row of rules: `dropped` stands in it where anything was. */
export function withDropped(request: object, dropped: readonly string[]): object {
  return dropped.length === 0 ? request : { ...request, dropped };
}
