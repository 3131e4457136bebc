import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeServicesCommand, ECSClient, type Service, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { awsFailure, clientOptions } from '../shared/aws.ts';
import { OperatorFailure } from '../shared/command.ts';

export interface RollOptions {
  readonly region: string;
  readonly cluster: string;
  readonly service: string;
  /** How long the new tasks have to become healthy, and the old ones to go. */
  readonly timeoutMs: number;
  readonly pollMs: number;
  readonly say: (line: string) => void;
}

/**
 * Starts every task of an ECS service anew and waits until that is done. The service's own circuit breaker takes a
 * deployment back that does not become healthy; that is a failure here. Rejects with OperatorFailure.
 */
export async function rollService({ region, cluster, service, timeoutMs, pollMs, say }: RollOptions): Promise<void> {
  const client = new ECSClient(clientOptions(region));
  try {
    const { service: updated } = await client.send(
      new UpdateServiceCommand({ cluster, service, forceNewDeployment: true }),
    );
    const mine = updated?.deployments?.find(({ status }) => status === 'PRIMARY')?.id;
    const until = performance.now() + timeoutMs;
    for (let said = ''; ; await sleep(pollMs)) {
      const answer = await client.send(new DescribeServicesCommand({ cluster, services: [service] }));
      const state = stateOf(answer.services?.[0], mine);
      if (state.line !== said) say(`${service}: ${state.line}`);
      said = state.line;
      if (state.isDone) return;
      if (state.hasFailed) {
        throw new OperatorFailure(`${service} did not come up with the new configuration: ${state.line}`, logs);
      }
      if (performance.now() > until) {
        throw new OperatorFailure(`${service} is not done after ${timeoutMs / 60_000} minutes: ${state.line}`, logs);
      }
    }
  } catch (error) {
    throw awsFailure(error, `The service ${service} cannot be rolled`);
  } finally {
    client.destroy();
  }
}

const logs = 'read the log group of that service: its newest lines say why a task ended';

export interface RollState {
  readonly line: string;
  readonly isDone: boolean;
  readonly hasFailed: boolean;
}

/** Where a deployment of a service stands. `mine`: its id; another primary one means that ECS has taken mine back. */
export function stateOf(service: Service | undefined, mine: string | undefined): RollState {
  const deployments = service?.deployments ?? [];
  const primary = deployments.find(({ status }) => status === 'PRIMARY');
  const own = deployments.find(({ id }) => id === mine) ?? primary;
  const [running, desired] = [own?.runningCount ?? 0, own?.desiredCount ?? 0];
  if (own === undefined) return { line: 'there is no such service', isDone: false, hasFailed: true };
  if (own.rolloutState === 'FAILED' || own !== primary) {
    return { line: own.rolloutStateReason ?? 'ECS has rolled it back', isDone: false, hasFailed: true };
  }
  const isDone = deployments.length === 1 && running === desired && (own.rolloutState ?? 'COMPLETED') === 'COMPLETED';
  const old = deployments.length - 1;
  return {
    line: isDone
      ? `${running} of ${desired} new tasks run`
      : `${running} of ${desired} new tasks run, ${old} older deployments left`,
    isDone,
    hasFailed: false,
  };
}
