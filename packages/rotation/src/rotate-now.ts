import { unfinished } from './labels.ts';
import type { Rotation } from './rotation.ts';
import { type RotationStep, rotationStep, rotationSteps } from './steps.ts';

export interface RotateNowOptions {
  /** Of the version that is made, a UUID, unless a rotation that has not ended is taken up. */
  readonly newVersionId: string;
  /** Told before each step. */
  readonly onStep: (step: RotationStep, versionId: string) => void;
}

/**
 * All steps one after the other, for a rotation on demand. One that has begun and not ended is brought to its end, by the
 * value that it has. Gives the version that is the current one now.
 */
export async function rotateNow(
  rotation: Rotation,
  { newVersionId, onStep }: RotateNowOptions,
  signal: AbortSignal,
): Promise<{ readonly versionId: string; readonly tookUp: boolean }> {
  const begun = unfinished(await rotation.versions.list(rotation.secretId, signal));
  const versionId = begun?.id ?? newVersionId;
  for (const step of rotationSteps) {
    onStep(step, versionId);
    await rotationStep(rotation, step, versionId, signal);
  }
  return { versionId, tookUp: begun !== undefined };
}
