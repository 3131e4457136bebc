import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultConfigFile } from '@genai-gateway/local';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeKey } from './support/keys.ts';
import { ask } from './support/litellm.ts';
import { type OwnGateway, startOwnGateway, untilReadiness } from './support/own-gateway.ts';
import { says } from './support/prompts.ts';
import { at } from './support/reply.ts';
import { ALIAS, world } from './support/world.ts';

const CANARY = 'canary-in-a-coal-mine';
const NOVA = 'amazon.nova-lite-v1:0';

let home = '';
let gateways: OwnGateway[] = [];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'gateway-request-logs-'));
});
afterEach(async () => {
  for (const gateway of gateways) gateway.kill();
  await Promise.all(gateways.map(({ exited }) => exited));
  gateways = [];
  rmSync(home, { recursive: true, force: true });
});

const logs = (): string => join(home, 'logs');
const spool = (): string => join(home, 'spool');

async function started(env: Readonly<Record<string, string>> = {}): Promise<OwnGateway> {
  const gateway = await startOwnGateway({ REQUEST_LOG_DIR: logs(), ...env });
  gateways.push(gateway);
  await untilReadiness(gateway.http, 200);
  return gateway;
}

/** Every line of every object. */
const lines = (): readonly unknown[] =>
  globSync('gateway/*/*/*.jsonl', { cwd: logs() }).flatMap((name) =>
    readFileSync(join(logs(), name), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line)),
  );

const callIds = (): readonly string[] => lines().map((line) => String(at(line, 'litellm_call_id')));

const chat = { model: ALIAS, messages: [{ role: 'user', content: CANARY }] };
const calls: readonly (readonly [path: string, body: object, callType: string])[] = [
  ['/v1/chat/completions', chat, 'acompletion'],
  ['/v1/chat/completions', { ...chat, stream: true }, 'acompletion'],
  [`/bedrock/model/${ALIAS}/converse`, says(CANARY), 'allm_passthrough_route'],
  [`/bedrock/model/${ALIAS}/converse-stream`, says(CANARY), 'allm_passthrough_route'],
  [`/bedrock/model/${NOVA}/invoke`, says(CANARY), 'allm_passthrough_route'],
];

describe('the request log of a gateway', () => {
  // LiteLLM's own logger into S3 is configured too: there is no LiteLLM here, so what is not served on the hot path fails.
  it('has every call once that was answered before SIGTERM or while it drained, and no prompt', async () => {
    const config = join(home, 'config.yaml');
    const section = '\nlitellm_settings:\n';
    const s3 = `${section}  success_callback: [s3_v2]\n  failure_callback: [s3_v2]\n`;
    writeFileSync(config, readFileSync(defaultConfigFile, 'utf8').replace(section, s3));
    const gateway = await started({ LITELLM_CONFIG_FILE: config });
    const key = await makeKey(world.databaseUrl);
    const answered: string[] = [];
    let isOver = false;
    const caller = async (index: number): Promise<void> => {
      for (let count = 0; !isOver; count += 1) {
        const [path, body] = calls[(index + count) % calls.length] ?? calls[0] ?? [];
        const reply = await ask(String(path), { http: gateway.http, key, body: body ?? {} }).catch(() => undefined);
        if (reply === undefined) return; // The port is closed.
        if (reply.status === 200) answered.push(reply.headers.get('x-request-id') ?? '');
      }
    };
    const callers = Array.from({ length: 6 }, (_, index) => caller(index));
    await expect.poll(() => answered.length, { timeout: 20_000 }).toBeGreaterThan(100);
    gateway.terminate();
    expect(await gateway.exited).toMatchObject({ code: 0 });
    isOver = true;
    await Promise.all(callers);
    const logged = callIds();
    expect(new Set(logged).size).toBe(logged.length);
    expect(answered.filter((id) => !logged.includes(id))).toEqual([]);
    expect(JSON.stringify(lines())).not.toContain(CANARY);
    expect(lines().every((line) => at(line, 'messages') === null && at(line, 'response') === null)).toBe(true);
    expect(JSON.stringify(lines())).not.toContain(key);
  });

  it('says of each call what was booked, of those that were refused too', async () => {
    const gateway = await started();
    const { http } = gateway;
    const key = await makeKey(world.databaseUrl);
    for (const [path, body] of calls) expect((await ask(path, { http, key, body })).status).toBe(200);
    const refused = [
      [401, 'sk-nobodys', chat],
      [400, key, { ...chat, messages: 'none' }],
    ] as const;
    for (const [status, by, body] of refused) {
      expect((await ask('/v1/chat/completions', { http, key: by, body })).status).toBe(status);
    }
    // Neither a call of a model nor of the hot path.
    await ask('/v1/models', { http, key });
    await ask(`/bedrock/model/${NOVA}/count-tokens`, { http, key, body: { input: { converse: says('Hello.') } } });
    gateway.terminate();
    await gateway.exited;
    const all = lines();
    expect(all.map((line) => at(line, 'call_type'))).toEqual([
      ...calls.map(([, , callType]) => callType),
      'acompletion',
      'acompletion',
    ]);
    for (const line of all.slice(0, calls.length)) {
      expect(line).toMatchObject({ status: 'success', error_str: null, custom_llm_provider: 'bedrock' });
      expect(at(line, 'model')).toMatch(/^bedrock\/(?:us\.anthropic|amazon)\./);
      expect(at(line, 'response_cost')).toBeGreaterThan(0);
      expect(at(line, 'total_tokens')).toBe(Number(at(line, 'prompt_tokens')) + Number(at(line, 'completion_tokens')));
    }
    expect(all.slice(calls.length)).toMatchObject([
      { status: 'failure', response_cost: 0, error_information: { error_code: '401', error_class: 'GatewayError' } },
      { status: 'failure', response_cost: 0, error_information: { error_code: '400', error_class: 'GatewayError' } },
    ]);
    expect(JSON.stringify(all)).not.toContain('sk-nobodys');
  });

  it('has prompts and answers where they are asked for', async () => {
    const gateway = await started({ REQUEST_LOG_CONTENT: 'all' });
    const key = await makeKey(world.databaseUrl);
    for (const [path, body] of calls) expect((await ask(path, { http: gateway.http, key, body })).status).toBe(200);
    gateway.terminate();
    await gateway.exited;
    const all = lines();
    expect(all).toHaveLength(calls.length);
    for (const line of all) expect(JSON.stringify(at(line, 'messages'))).toContain(CANARY);
    const [whole, streamed, converse, converseStream, invoke] = all.map((line) => at(line, 'response'));
    const text = at(whole, 'choices', 0, 'message', 'content');
    expect(String(text).length).toBeGreaterThan(3);
    expect(at(streamed, 'choices', 0, 'message', 'content')).toBe(text);
    expect(at(converse, 'output', 'message', 'content', 0, 'text')).toBe(text);
    expect(at(converseStream, 'output', 'message', 'content', 0, 'text')).toBe(text);
    expect(at(invoke, 'output', 'message', 'content', 0, 'text')).toBe(text);
  });

  it('waits while the store is down, and stands in nobody’s way', async () => {
    const gateway = await started({ GATEWAY_LOAD_LOG_MS: '100' });
    const key = await makeKey(world.databaseUrl);
    writeFileSync(logs(), 'No folder can be made here.');
    for (const [path, body] of calls) expect((await ask(path, { http: gateway.http, key, body })).status).toBe(200);
    await expect.poll(() => gateway.log(), { timeout: 30_000 }).toContain('The request log cannot be written');
    expect(gateway.log()).toMatch(new RegExp(`"requestLogsWaiting":${calls.length},"requestLogsDropped":0`));
    rmSync(logs());
    await expect.poll(() => new Set(callIds()).size, { timeout: 30_000 }).toBe(calls.length);
    expect(callIds()).toHaveLength(calls.length);
  }, 60_000);

  it('is written by the next gateway where one is killed that has a spool', async () => {
    const first = await started({ GATEWAY_SPOOL_DIR: spool() });
    const key = await makeKey(world.databaseUrl);
    for (const [path, body] of calls) expect((await ask(path, { http: first.http, key, body })).status).toBe(200);
    const spooled = () =>
      globSync('*.request-log', { cwd: spool() }).map((name) => readFileSync(join(spool(), name), 'utf8'));
    await expect.poll(() => spooled().join('').match(/\n/g)?.length).toBe(calls.length);
    first.kill();
    await first.exited;
    expect(lines()).toEqual([]);
    await started({ GATEWAY_SPOOL_DIR: spool() });
    await expect.poll(() => callIds().length, { timeout: 10_000 }).toBe(calls.length);
    await expect.poll(() => spooled()).toEqual([]);
  });
});
