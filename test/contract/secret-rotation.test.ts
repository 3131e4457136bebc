import { randomUUID } from 'node:crypto';
import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { lacksMoto } from '../../scripts/moto/moto-server.ts';
import type { RotatedKind, RotationWorld } from './support/rotation-world.ts';

/*
 * The function as Lambda calls it: Secrets Manager and ECS by moto, a real Postgres, a real Valkey. ElastiCache's users
 * are a stand-in on the wire, which sets the passwords of the Valkey.
 */
const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
const kinds = ['database', 'litellm-database', 'cache', 'master-key'] as const satisfies readonly RotatedKind[];

let world: RotationWorld;
let handler: typeof import('../../functions/secret-rotation/src/handler.ts').handler;
/** Everything that the function writes into its log. */
let written = '';

beforeAll(async () => {
  if (lacksMoto) return;
  const { startRotationWorld } = await import('./support/rotation-world.ts');
  world = await startRotationWorld();
  Object.assign(process.env, world.environment);
  ({ handler } = await import('../../functions/secret-rotation/src/handler.ts'));
});
afterAll(() => world?.stop());

beforeEach(() => {
  written = '';
  const write = process.stdout.write.bind(process.stdout);
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk, ...more) => {
    written += String(chunk);
    return write(chunk, ...(more as []));
  });
});
afterEach(() => void vi.restoreAllMocks());

const call = (event: object) => handler(event, { awsRequestId: randomUUID() });

async function rotate(kind: RotatedKind, token: string): Promise<void> {
  for (const Step of steps) await call({ SecretId: world.arns[kind], ClientRequestToken: token, Step });
}

async function current(kind: RotatedKind): Promise<string> {
  return (await world.text(kind, 'AWSCURRENT')) ?? '';
}

describe.skipIf(lacksMoto)('secret-rotation (needs Python)', () => {
  test.each(kinds)('%s: the new value and the one before open, the one before that does not', async (kind) => {
    const values = [await current(kind)];
    for (let round = 0; round < 2; round += 1) {
      const before = await world.deployments();
      await rotate(kind, randomUUID());
      const [fresh, was, older] = [await current(kind), values[0] ?? '', values[1]];
      expect(fresh).not.toBe(was);
      expect(await world.text(kind, 'AWSPREVIOUS')).toBe(was);
      await world.open(kind, fresh);
      await world.open(kind, was);
      if (older !== undefined && kind !== 'master-key') await expect(world.open(kind, older)).rejects.toThrow();
      values.unshift(fresh);
      // LiteLLM reads all but the gateway's own login when it starts.
      expect((await world.deployments()).join() !== before.join()).toBe(kind !== 'database');
      expect(await call({ task: 'status', secret: kind })).toMatchObject({
        rollout: kind === 'database' ? 'none' : 'done',
      });
    }
    for (const value of values) {
      const secret = kind === 'master-key' ? value : (JSON.parse(value) as { password: string }).password;
      if (secret !== 'first') expect(written).not.toContain(secret);
    }
    expect(written).toContain('finishSecret');
  });

  test('users of the database take turns, and both may do the same', async () => {
    const user = async () => (JSON.parse(await current('database')) as { username: string }).username;
    const first = await user();
    await rotate('database', randomUUID());
    const second = await user();
    expect([first, second].sort()).toEqual(['rows_gateway', 'rows_gateway_b']);
  });

  test('all steps on demand are one call, by kind or ARN', async () => {
    const token = randomUUID();
    const was = await current('cache');
    const done = { secret: world.arns.cache, kind: 'cache', versionId: token, tookUp: false, rollout: 'done' };
    expect(await call({ task: 'rotate', secret: 'cache', token })).toEqual(done);
    const fresh = await current('cache');
    expect(fresh).not.toBe(was);
    // Lambda or a person calls again: nothing more.
    expect(await call({ task: 'rotate', secret: world.arns.cache, token })).toEqual(done);
    expect(await current('cache')).toBe(fresh);
  });

  test('a cache that cannot be changed keeps its values, and the rotation is taken up later', async () => {
    const was = await current('cache');
    const token = randomUUID();
    world.elastiCache.fail('AccessDenied', 100);
    await expect(rotate('cache', token)).rejects.toThrow();
    expect(await current('cache')).toBe(was);
    await world.open('cache', was);
    world.elastiCache.fail('', 0);
    expect(await call({ task: 'rotate', secret: 'cache' })).toMatchObject({ versionId: token, tookUp: true });
    await world.open('cache', was);
    await world.open('cache', await current('cache'));
  });

  test('a tick starts nothing where nothing is owing', async () => {
    const before = await world.deployments();
    expect(await call({ task: 'settle' })).toEqual({ started: [] });
    expect(await world.deployments()).toEqual(before);
  });

  test.each([
    [{ task: 'shred' }, /no such task/],
    [{}, /neither a step/],
    [{ SecretId: 'arn:other', ClientRequestToken: randomUUID(), Step: 'setSecret' }, /names no secret/],
    [{ SecretId: 'arn:other', ClientRequestToken: randomUUID(), Step: 'dropSecret' }, /neither a step/],
    [{ task: 'rotate', secret: 'salt-key' }, /names no secret/],
  ])('%j is refused', async (event, message) => {
    await expect(call(event)).rejects.toThrow(message);
  });

  test('without a salt key the master key stays what it is', async () => {
    const was = await current('master-key');
    await world.secrets.send(new DeleteSecretCommand({ SecretId: world.arns.salt, ForceDeleteWithoutRecovery: true }));
    await expect(rotate('master-key', randomUUID())).rejects.toThrow();
    expect(await current('master-key')).toBe(was);
  });
});
