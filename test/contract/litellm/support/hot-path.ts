import { expect } from 'vitest';
import { ask, chat } from '../../support/litellm.ts';
import { says } from '../../support/prompts.ts';
import { at } from '../../support/reply.ts';
import { world } from '../../support/world.ts';
import { awsClients, chatClients } from './clients.ts';

/** What a gateway says on a route of health: the status, and how it finds LiteLLM. */
export async function health(
  path: string,
  http: string = world.http,
): Promise<{ readonly status: number; readonly litellm: unknown }> {
  const { status, json } = await ask(path, { http, key: null });
  return { status, litellm: at(json, 'planes', 'litellm') };
}

/** Calls what the hot path serves, by every dialect, and fails unless each call is as good as ever. */
export async function expectHotPath(key: string, http: string = world.http): Promise<void> {
  for (const client of chatClients) {
    for (const stream of [false, true]) {
      const { failure } = await client.chat({ ...chat('claude-sonnet', 'Hello.'), stream }, { key, http });
      expect([client.name, failure]).toEqual([client.name, undefined]);
    }
  }
  for (const client of awsClients) {
    for (const operation of ['Converse', 'ConverseStream'] as const) {
      const { failure } = await client.send(operation, { modelId: 'claude-sonnet', ...says('Hello.') }, { key, http });
      expect([client.name, operation, failure]).toEqual([client.name, operation, undefined]);
    }
  }
}
