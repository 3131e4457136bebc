import { describe, expect, it } from 'vitest';
import { currentLabel, pendingLabel, previousLabel, type SecretVersions } from '../secret-versions.ts';

/** A store with secrets of a test's own. */
export interface SecretVersionsStage {
  readonly versions: SecretVersions;
  /** A new secret with this value. Gives its id and that of its version. */
  create(text: string): Promise<{ readonly secretId: string; readonly versionId: string }>;
  newVersionId(): string;
}

/** What every {@link SecretVersions} does. */
export function secretVersionsSuite(name: string, stageOf: () => SecretVersionsStage): void {
  const signal = AbortSignal.timeout(60_000);
  const labelsOf = async ({ versions }: SecretVersionsStage, secretId: string) =>
    Object.fromEntries((await versions.list(secretId, signal)).map(({ id, labels }) => [id, [...labels].sort()]));

  describe(`${name} as versions of secrets`, () => {
    it('gives a value by its label and by its version, and undefined for what is not there', async () => {
      const stage = stageOf();
      const { secretId, versionId } = await stage.create('one');
      const found = await stage.versions.read(secretId, { label: currentLabel }, signal);
      expect(found).toEqual({ versionId, text: 'one', createdAtMs: expect.any(Number) });
      expect(await stage.versions.read(secretId, { versionId }, signal)).toEqual(found);
      expect(await stage.versions.read(secretId, { label: pendingLabel }, signal)).toBeUndefined();
      expect(await stage.versions.read(secretId, { versionId: stage.newVersionId() }, signal)).toBeUndefined();
      expect(await labelsOf(stage, secretId)).toEqual({ [versionId]: [currentLabel] });
    });

    it('puts a pending value beside the current one, once', async () => {
      const stage = stageOf();
      const { secretId, versionId } = await stage.create('one');
      const pending = stage.newVersionId();
      await stage.versions.putPending(secretId, pending, 'two', signal);
      await stage.versions.putPending(secretId, pending, 'another', signal);
      expect((await stage.versions.read(secretId, { label: pendingLabel }, signal))?.text).toBe('two');
      expect((await stage.versions.read(secretId, { label: currentLabel }, signal))?.text).toBe('one');
      expect(await labelsOf(stage, secretId)).toEqual({ [versionId]: [currentLabel], [pending]: [pendingLabel] });
    });

    it('moves the current label, and the version before has the previous one', async () => {
      const stage = stageOf();
      const { secretId, versionId } = await stage.create('one');
      const [second, third] = [stage.newVersionId(), stage.newVersionId()];
      await stage.versions.putPending(secretId, second, 'two', signal);
      await stage.versions.move(secretId, { label: currentLabel, from: versionId, to: second }, signal);
      expect((await stage.versions.read(secretId, { label: currentLabel }, signal))?.text).toBe('two');
      expect((await stage.versions.read(secretId, { label: previousLabel }, signal))?.versionId).toBe(versionId);
      await stage.versions.putPending(secretId, third, 'three', signal);
      await stage.versions.move(secretId, { label: currentLabel, from: second, to: third }, signal);
      const labels = await labelsOf(stage, secretId);
      expect(labels[third]).toContain(currentLabel);
      expect(labels[second]).toEqual([previousLabel]);
      expect(labels[versionId]).toBeUndefined();
    });

    it('attaches a label of ours, moves it and takes it away', async () => {
      const stage = stageOf();
      const { secretId, versionId } = await stage.create('one');
      const second = stage.newVersionId();
      await stage.versions.putPending(secretId, second, 'two', signal);
      await stage.versions.move(secretId, { label: 'OURS', from: undefined, to: versionId }, signal);
      await stage.versions.move(secretId, { label: 'OURS', from: versionId, to: second }, signal);
      expect((await labelsOf(stage, secretId))[second]).toEqual([pendingLabel, 'OURS'].sort());
      await stage.versions.move(secretId, { label: 'OURS', from: second, to: undefined }, signal);
      expect((await labelsOf(stage, secretId))[second]).toEqual([pendingLabel]);
    });

    it('refuses to move a label from where it is not', async () => {
      const stage = stageOf();
      const { secretId, versionId } = await stage.create('one');
      const second = stage.newVersionId();
      await stage.versions.putPending(secretId, second, 'two', signal);
      await expect(
        stage.versions.move(secretId, { label: currentLabel, from: second, to: second }, signal),
      ).rejects.toThrow();
      expect((await stage.versions.read(secretId, { label: currentLabel }, signal))?.versionId).toBe(versionId);
    });

    it('rejects for a secret that is not there', async () => {
      await expect(stageOf().versions.list('none-such', signal)).rejects.toThrow();
    });
  });
}
