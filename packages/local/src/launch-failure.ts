/** What may accompany a {@link LaunchFailure}. */
export interface LaunchFailureOptions {
  /** How to mend it, as one or more lines for the terminal. */
  readonly mend?: string;
  /** The process's exit code: 2 for a wrong command line, else 1. */
  readonly exitCode?: 1 | 2;
  readonly cause?: unknown;
}

/**
 * A failure the launcher knows about: a port in use, a full disk, a broken state folder. It is
 * printed as its message and its mend, never as a stack trace.
 */
export class LaunchFailure extends Error {
  readonly mend: string | undefined;
  readonly exitCode: 1 | 2;

  constructor(message: string, options: LaunchFailureOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'LaunchFailure';
    this.mend = options.mend;
    this.exitCode = options.exitCode ?? 1;
  }
}

/** The `code` of a system error (`ENOENT`), or undefined for anything else. */
export function errorCode(error: unknown): string | undefined {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return undefined;
}

/** The message of an error, or the thing itself as text. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Turns what the operating system says about `place` into a {@link LaunchFailure}: disk full, no
 * permission, read-only. Anything else comes back unchanged, to be thrown as it is.
 */
export function explainFileError(error: unknown, place: string): unknown {
  switch (errorCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new LaunchFailure(`The disk is full: ${place} cannot be written.`, {
        mend: 'Free some space (a first start needs about 200 MB), or give another disk with --state DIR.',
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new LaunchFailure(`No permission to write ${place}.`, {
        mend: 'Give a folder of your own with --state DIR.',
        cause: error,
      });
    default:
      return error;
  }
}
