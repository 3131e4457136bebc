import { holderOf } from './labels.ts';
import { demandRolled, rolloutDueLabel, startDueRollout } from './rolling.ts';
import type { Rotation } from './rotation.ts';
import { RotationFailure } from './rotation-failure.ts';
import { currentLabel } from './secret-versions.ts';

/**
 * Secrets Manager's steps, in its words and order.
 * Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html (as of 2026-11-23)
 */
export const rotationSteps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
export type RotationStep = (typeof rotationSteps)[number];

type DoStep = (rotation: Rotation, versionId: string, signal: AbortSignal) => Promise<void>;

/**
 * Does one step for the version `versionId`. All that is known between steps stands in Secrets Manager, so each may be done
 * again, after any failure. Until the last one has moved `AWSCURRENT` the value that was current is current, and opens what
 * it opened; it goes on to do so until the next rotation. Rejects with {@link RotationFailure}, or with what a port says.
 */
export function rotationStep(
  rotation: Rotation,
  step: RotationStep,
  versionId: string,
  signal: AbortSignal,
): Promise<void> {
  return doStep[step](rotation, versionId, signal);
}

const createSecret: DoStep = async (rotation, versionId, signal) => {
  const { secretId, versions, credential } = rotation;
  if (await isCurrent(rotation, versionId, signal)) return;
  await demandRolled(rotation, signal);
  const current = await textOfCurrent(rotation, signal);
  await versions.putPending(secretId, versionId, credential.next(current), signal);
};

const setSecret: DoStep = async (rotation, versionId, signal) => {
  if (await isCurrent(rotation, versionId, signal)) return;
  const pending = await textOfPending(rotation, versionId, signal);
  // The value before the current one goes now, so nobody may need it any more.
  await demandRolled(rotation, signal);
  const current = await textOfCurrent(rotation, signal);
  await rotation.credential.accept({ current, pending }, signal);
};

const testSecret: DoStep = async (rotation, versionId, signal) => {
  await rotation.credential.test(await textOfPending(rotation, versionId, signal), signal);
};

/** Tests once more: what becomes the current value has to open, whoever has called which steps. */
const finishSecret: DoStep = async (rotation, versionId, signal) => {
  const { secretId, versions, rollout } = rotation;
  const list = await versions.list(secretId, signal);
  const current = holderOf(currentLabel, list)?.id;
  if (current !== versionId) {
    await testSecret(rotation, versionId, signal);
    const due = holderOf(rolloutDueLabel, list)?.id;
    if (rollout !== undefined && due !== versionId) {
      await versions.move(secretId, { label: rolloutDueLabel, from: due, to: versionId }, signal);
    }
    await versions.move(secretId, { label: currentLabel, from: current, to: versionId }, signal);
  }
  await startDueRollout(rotation, signal);
};

const doStep: Readonly<Record<RotationStep, DoStep>> = { createSecret, setSecret, testSecret, finishSecret };

async function isCurrent({ secretId, versions }: Rotation, versionId: string, signal: AbortSignal): Promise<boolean> {
  return holderOf(currentLabel, await versions.list(secretId, signal))?.id === versionId;
}

async function textOfCurrent({ secretId, versions }: Rotation, signal: AbortSignal): Promise<string> {
  const current = await versions.read(secretId, { label: currentLabel }, signal);
  if (current !== undefined) return current.text;
  throw new RotationFailure(`The secret ${secretId} has no value.`, 'Deploy again: the stack `data` gives it one.');
}

async function textOfPending(
  { secretId, versions }: Rotation,
  versionId: string,
  signal: AbortSignal,
): Promise<string> {
  const pending = await versions.read(secretId, { versionId }, signal);
  if (pending !== undefined) return pending.text;
  throw new RotationFailure(
    `The version ${versionId} of ${secretId} has no value.`,
    'Start the rotation again from its first step.',
  );
}
