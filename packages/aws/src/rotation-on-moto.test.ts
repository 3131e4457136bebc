import { randomUUID } from 'node:crypto';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { secretVersionsSuite } from '@genai-gateway/rotation/testing/secret-versions-suite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lacksMoto, type MotoServer, startMoto } from '../../../scripts/moto/moto-server.ts';
import { CredentialSource } from './credentials.ts';
import { EcsRollout } from './ecs-rollout.ts';
import { SecretsManagerVersions } from './secrets-manager-versions.ts';

const region = 'eu-west-1';
const signal = AbortSignal.timeout(120_000);
const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 's' };
let moto: MotoServer | undefined;
const endpoint = () => moto?.url ?? '';
const options = () => ({ credentials: new CredentialSource(async () => keys, Date.now), region, endpoint: endpoint() });

beforeAll(async () => {
  if (!lacksMoto) moto = await startMoto(region);
}, 300_000);
afterAll(() => moto?.stop());

describe.skipIf(lacksMoto)('moto (needs Python)', () => {
  secretVersionsSuite('Secrets Manager', () => {
    const manager = new SecretsManagerClient({ region, credentials: keys, endpoint: endpoint() });
    const create = async (text: string) => {
      const { ARN = '', VersionId = '' } = await manager.send(
        new CreateSecretCommand({ Name: randomUUID(), SecretString: text }),
      );
      return { secretId: ARN, versionId: VersionId };
    };
    return { versions: new SecretsManagerVersions(options()), create, newVersionId: randomUUID };
  });

  it('a service of ECS is deployed anew, and then all of it is younger', async () => {
    const ecs = new ECSClient({ region, credentials: keys, endpoint: endpoint() });
    await ecs.send(new CreateClusterCommand({ clusterName: 'cluster' }));
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'litellm',
        containerDefinitions: [{ name: 'litellm', image: 'litellm', memory: 64 }],
      }),
    );
    await ecs.send(
      new CreateServiceCommand({
        cluster: 'cluster',
        serviceName: 'litellm',
        taskDefinition: 'litellm',
        desiredCount: 2,
        deploymentController: { type: 'ECS' },
      }),
    );
    const rollout = new EcsRollout({ ...options(), cluster: 'cluster', service: 'litellm' });
    const before = await rollout.state(signal);
    expect(before.isSettled).toBe(true);
    await rollout.start('version', signal);
    expect((await rollout.state(signal)).startedAfterMs).toBeGreaterThan(before.startedAfterMs ?? Number.NaN);
    rollout.close();

    const missing = new EcsRollout({ ...options(), cluster: 'cluster', service: 'none' });
    await expect(missing.state(signal)).rejects.toThrow(/has no service none/);
    await expect(missing.start('version', signal)).rejects.toThrow();
    missing.close();
  });
});
