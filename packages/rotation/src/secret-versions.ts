/** Secrets Manager's own labels of versions. */
export const currentLabel = 'AWSCURRENT';
export const previousLabel = 'AWSPREVIOUS';
export const pendingLabel = 'AWSPENDING';

/** A version that has labels; one without is as good as gone. */
export interface SecretVersion {
  readonly id: string;
  readonly labels: readonly string[];
}

export interface SecretText {
  readonly versionId: string;
  readonly text: string;
  readonly createdAtMs: number;
}

export type VersionAt = { readonly label: string } | { readonly versionId: string };

export interface LabelMove {
  readonly label: string;
  /** Has to be the version that has it now; undefined: none has. */
  readonly from: string | undefined;
  /** Undefined: it is taken away. */
  readonly to: string | undefined;
}

/**
 * Port: the versions of secrets in Secrets Manager. A label is at one version at most; when `AWSCURRENT` moves, the
 * version that had it gets `AWSPREVIOUS`. Every method rejects with what the service or the way to it says.
 */
export interface SecretVersions {
  list(secretId: string, signal: AbortSignal): Promise<readonly SecretVersion[]>;
  /** Undefined: there is no such version, or it has no value yet. */
  read(secretId: string, at: VersionAt, signal: AbortSignal): Promise<SecretText | undefined>;
  /** Gives a version its value and `AWSPENDING`. One that has a value already keeps it, and nothing is rejected. */
  putPending(secretId: string, versionId: string, text: string, signal: AbortSignal): Promise<void>;
  move(secretId: string, move: LabelMove, signal: AbortSignal): Promise<void>;
}
