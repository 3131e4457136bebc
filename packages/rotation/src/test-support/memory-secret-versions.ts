import {
  currentLabel,
  type LabelMove,
  pendingLabel,
  previousLabel,
  type SecretText,
  type SecretVersion,
  type SecretVersions,
  type VersionAt,
} from '../secret-versions.ts';

interface Kept {
  readonly versionId: string;
  text: string | undefined;
  readonly createdAtMs: number;
  readonly labels: Set<string>;
}

/** Secrets Manager in memory, as strict as the real one about where a label is. */
export class MemorySecretVersions implements SecretVersions {
  readonly #secrets = new Map<string, Kept[]>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** A secret with its first value. */
  create(secretId: string, versionId: string, text: string): void {
    const labels = new Set([currentLabel]);
    this.#secrets.set(secretId, [{ versionId, text, createdAtMs: this.#now(), labels }]);
  }

  async list(secretId: string): Promise<readonly SecretVersion[]> {
    const labelled = this.#of(secretId).filter(({ labels }) => labels.size > 0);
    return labelled.map(({ versionId, labels }) => ({ id: versionId, labels: [...labels] }));
  }

  async read(secretId: string, at: VersionAt): Promise<SecretText | undefined> {
    const found = this.#of(secretId).find((each) =>
      'label' in at ? each.labels.has(at.label) : each.versionId === at.versionId,
    );
    if (found?.text === undefined) return undefined;
    return { versionId: found.versionId, text: found.text, createdAtMs: found.createdAtMs };
  }

  async putPending(secretId: string, versionId: string, text: string): Promise<void> {
    const kept = this.#of(secretId);
    let version = kept.find((each) => each.versionId === versionId);
    if (version?.text !== undefined) return;
    if (version === undefined) {
      version = { versionId, text: undefined, createdAtMs: this.#now(), labels: new Set() };
      kept.push(version);
    }
    version.text = text;
    for (const each of kept) each.labels.delete(pendingLabel);
    version.labels.add(pendingLabel);
  }

  async move(secretId: string, { label, from, to }: LabelMove): Promise<void> {
    const kept = this.#of(secretId);
    const holder = kept.find(({ labels }) => labels.has(label));
    const target = to === undefined ? undefined : kept.find(({ versionId }) => versionId === to);
    if (holder?.versionId !== from) throw new Error(`${label} is not at the version that was named.`);
    if (to !== undefined && target === undefined) throw new Error('There is no such version.');
    holder?.labels.delete(label);
    target?.labels.add(label);
    if (label !== currentLabel || holder === undefined) return;
    for (const each of kept) each.labels.delete(previousLabel);
    holder.labels.add(previousLabel);
  }

  #of(secretId: string): Kept[] {
    const kept = this.#secrets.get(secretId);
    if (kept === undefined) throw new Error('There is no such secret.');
    return kept;
  }
}
