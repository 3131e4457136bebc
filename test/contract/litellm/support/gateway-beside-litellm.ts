import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import { ask } from '../../support/litellm.ts';
import { type OwnGateway, startOwnGateway, untilReadiness } from '../../support/own-gateway.ts';
import { at } from '../../support/reply.ts';
import { litellmWorld, world } from '../../support/world.ts';

/**
 * Starts a gateway of a test's own on the shared LiteLLM and its database, models made there among them. Resolves
 * once it is ready and has seen LiteLLM.
 */
export async function startBesideLitellm(env: Readonly<Record<string, string>> = {}): Promise<OwnGateway> {
  const secrets: unknown = JSON.parse(readFileSync(join(world.stateDir, 'secrets.json'), 'utf8'));
  const gateway = await startOwnGateway({
    LITELLM_URL: litellmWorld().url,
    STORE_MODEL_IN_DB: 'True',
    LITELLM_SALT_KEY: String(at(secrets, 'saltKey')),
    ...env,
  });
  await untilReadiness(gateway.http, 200);
  await vi.waitFor(
    async () => {
      const { json } = await ask('/health/readiness', { http: gateway.http, key: null });
      if (at(json, 'planes', 'litellm') !== 'ready') throw new Error(`LiteLLM is ${at(json, 'planes', 'litellm')}`);
    },
    { timeout: 15_000, interval: 50 },
  );
  return gateway;
}
