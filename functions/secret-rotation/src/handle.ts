import type { TaskContext, TaskEvent } from '@genai-gateway/lambda';
import {
  RotationFailure,
  type RotationStep,
  rolloutProgress,
  rotateNow,
  rotationStep,
  rotationSteps,
  startDueRollout,
} from '@genai-gateway/rotation';
import type { KindOfRotation, Services } from './compose.ts';

/**
 * A step that Secrets Manager calls (`SecretId`, `ClientRequestToken`, `Step`), or a task: `rotate` does all steps for
 * `secret`, a kind or an ARN, as version `token`; `status` tells how far LiteLLM is with its value; `settle`, for a clock,
 * starts LiteLLM anew where a rotation has left that owing.
 */
export async function handle(event: TaskEvent, services: Services, context: TaskContext): Promise<unknown> {
  if (event['task'] === undefined) return step(event, services, context);
  switch (event['task']) {
    case 'rotate':
      return rotate(event, services, context);
    case 'status':
      return status(event, services, context);
    case 'settle':
      return settle(services, context);
    default:
      throw new RotationFailure('There is no such task.', 'The tasks are rotate, status and settle.');
  }
}

async function step(event: TaskEvent, { rotations, logger }: Services, { signal }: TaskContext): Promise<void> {
  const [secretId, token, name] = [event['SecretId'], event['ClientRequestToken'], event['Step']];
  const known = rotationSteps.find((each) => each === name);
  if (typeof token !== 'string' || known === undefined) {
    throw new RotationFailure(
      'The event is neither a step of Secrets Manager nor a task.',
      'Send SecretId, ClientRequestToken and Step, or a task.',
    );
  }
  const rotation = find(rotations, secretId);
  logger.info('a step of a rotation', fieldsOf(rotation, known, token));
  await rotationStep(rotation, known, token, signal);
}

async function rotate(event: TaskEvent, { rotations, logger }: Services, context: TaskContext): Promise<unknown> {
  const rotation = find(rotations, event['secret']);
  const token = event['token'];
  const options = {
    // The same when Lambda calls again, so that it is one rotation.
    newVersionId: typeof token === 'string' ? token : context.requestId,
    onStep: (name: RotationStep, versionId: string) =>
      logger.info('a step of a rotation on demand', fieldsOf(rotation, name, versionId)),
  };
  const done = await rotateNow(rotation, options, context.signal);
  return {
    secret: rotation.secretId,
    kind: rotation.kind,
    ...done,
    rollout: await rolloutProgress(rotation, context.signal),
  };
}

async function status(event: TaskEvent, { rotations }: Services, { signal }: TaskContext): Promise<unknown> {
  const rotation = find(rotations, event['secret']);
  return { secret: rotation.secretId, kind: rotation.kind, rollout: await rolloutProgress(rotation, signal) };
}

/** One secret that cannot be looked at keeps no other from it. */
async function settle({ rotations, logger }: Services, { signal }: TaskContext): Promise<unknown> {
  const started: string[] = [];
  const failures: unknown[] = [];
  for (const rotation of rotations) {
    try {
      if (await startDueRollout(rotation, signal)) started.push(rotation.kind);
    } catch (error) {
      failures.push(error);
    }
  }
  if (started.length > 0) logger.info('LiteLLM is started anew, as a rotation had left owing', { started });
  if (failures.length > 0) throw failures[0];
  return { started };
}

function find(rotations: readonly KindOfRotation[], secret: unknown): KindOfRotation {
  const found = rotations.find(({ kind, secretId }) => secret === kind || secret === secretId);
  if (found !== undefined) return found;
  throw new RotationFailure(
    'The event names no secret that this function rotates.',
    `ROTATIONS has ${rotations.map(({ kind }) => kind).join(', ')}.`,
  );
}

function fieldsOf({ kind, secretId }: KindOfRotation, name: RotationStep, versionId: string) {
  return { secretKind: kind, secretId, step: name, versionId };
}
