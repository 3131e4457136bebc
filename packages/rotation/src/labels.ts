import { currentLabel, pendingLabel, type SecretVersion } from './secret-versions.ts';

/** The version that has a label. */
export function holderOf(label: string, versions: readonly SecretVersion[]): SecretVersion | undefined {
  return versions.find(({ labels }) => labels.includes(label));
}

/** The version of a rotation that has begun and not ended; undefined: there is none. */
export function unfinished(versions: readonly SecretVersion[]): SecretVersion | undefined {
  const pending = holderOf(pendingLabel, versions);
  return pending?.labels.includes(currentLabel) === true ? undefined : pending;
}
