import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CredentialSource } from './credentials.ts';
import { EcsRollout } from './ecs-rollout.ts';

/** Seconds, as ECS writes times. */
interface DeploymentOfEcs {
  readonly createdAt: number;
  readonly rolloutState: string;
  readonly desiredCount: number;
  readonly runningCount: number;
}

let deployments: readonly DeploymentOfEcs[] = [];
let server: Server;
let rollout: EcsRollout;
beforeEach(async () => {
  server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify({ services: [{ status: 'ACTIVE', deployments }] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  rollout = new EcsRollout({
    credentials: new CredentialSource(async () => ({ accessKeyId: 'a', secretAccessKey: 's' }), Date.now),
    region: 'eu-west-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cluster: 'cluster',
    service: 'litellm',
  });
});
afterEach(() => {
  rollout.close();
  server.closeAllConnections();
  server.close();
});

const done = { createdAt: 100, rolloutState: 'COMPLETED', desiredCount: 2, runningCount: 2 };
const begun = { createdAt: 200.5, rolloutState: 'IN_PROGRESS', desiredCount: 2, runningCount: 1 };

it.each([
  ['one deployment that is complete', [done], { isSettled: true, startedAfterMs: 100_000 }],
  ['a new one beside the old one', [begun, done], { isSettled: false, startedAfterMs: 100_000 }],
  ['a new one alone that is not complete', [begun], { isSettled: false, startedAfterMs: 200_500 }],
  ['one that lacks a task', [{ ...done, runningCount: 1 }], { isSettled: false, startedAfterMs: 100_000 }],
  ['one that has failed', [{ ...done, rolloutState: 'FAILED' }], { isSettled: false, startedAfterMs: 100_000 }],
  ['none', [], { isSettled: false, startedAfterMs: undefined }],
] as const)('%s', async (_name, given, state) => {
  deployments = given;
  expect(await rollout.state(AbortSignal.timeout(10_000))).toEqual(state);
});
