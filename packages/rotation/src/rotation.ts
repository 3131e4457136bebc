import type { Rollout } from './rollout.ts';
import type { RotatedCredential } from './rotated-credential.ts';
import type { SecretVersions } from './secret-versions.ts';

/** A secret, and what changes with it. */
export interface Rotation {
  readonly secretId: string;
  readonly versions: SecretVersions;
  readonly credential: RotatedCredential;
  /** Of the service that reads the secret only when it starts; undefined: whoever uses it reads it again. */
  readonly rollout: Rollout | undefined;
}
