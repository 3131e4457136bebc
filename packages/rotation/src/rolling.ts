import { holderOf } from './labels.ts';
import type { Rotation } from './rotation.ts';
import { RotationFailure } from './rotation-failure.ts';
import { currentLabel, previousLabel } from './secret-versions.ts';

/**
 * A version has this label from just before it becomes the current one until the service that reads it was told to start
 * anew. So a rollout that is owed is known in Secrets Manager, whatever breaks in between.
 */
export const rolloutDueLabel = 'ROLLOUT_DUE';

export type RolloutProgress = 'none' | 'due' | 'rolling' | 'behind' | 'done';

/** Starts the rollout that a rotation has left owing. Gives whether there was one. */
export async function startDueRollout(rotation: Rotation, signal: AbortSignal): Promise<boolean> {
  const { secretId, versions, rollout } = rotation;
  if (rollout === undefined) return false;
  const current = holderOf(currentLabel, await versions.list(secretId, signal));
  if (current?.labels.includes(rolloutDueLabel) !== true) return false;
  await rollout.start(current.id, signal);
  await versions.move(secretId, { label: rolloutDueLabel, from: current.id, to: undefined }, signal);
  return true;
}

/** How far the service is that reads the secret when it starts. `behind`: it was started before the value was made. */
export async function rolloutProgress(rotation: Rotation, signal: AbortSignal): Promise<RolloutProgress> {
  const { secretId, versions, rollout } = rotation;
  if (rollout === undefined) return 'none';
  const list = await versions.list(secretId, signal);
  const current = holderOf(currentLabel, list);
  if (current?.labels.includes(rolloutDueLabel) === true) return 'due';
  const { isSettled, startedAfterMs } = await rollout.state(signal);
  if (!isSettled) return 'rolling';
  // With one value only there is no other that it could have read.
  if (holderOf(previousLabel, list) === undefined || startedAfterMs === undefined) return 'done';
  const text = await versions.read(secretId, { label: currentLabel }, signal);
  return text !== undefined && startedAfterMs < text.createdAtMs ? 'behind' : 'done';
}

/**
 * Rejects with {@link RotationFailure} while the service that reads the secret when it starts may hold the value before
 * the current one, which the next rotation takes away. What is owing is started first.
 */
export async function demandRolled(rotation: Rotation, signal: AbortSignal): Promise<void> {
  await startDueRollout(rotation, signal);
  const progress = await rolloutProgress(rotation, signal);
  if (progress === 'none' || progress === 'done') return;
  throw new RotationFailure(
    `Nothing was changed: the service that reads ${rotation.secretId} when it starts may not have its current value yet (${progress}).`,
    progress === 'behind'
      ? 'The value was changed by hand: start that service anew, then rotate again.'
      : 'Rotate again when its tasks have been replaced; if they never are, its log says why.',
  );
}
