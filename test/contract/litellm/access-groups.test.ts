import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, addModel, ask, chat, generateKey, manage } from '../support/litellm.ts';
import { says } from '../support/prompts.ts';
import { at } from '../support/reply.ts';
import { requestsWith, uniqueWord } from '../support/simulator.ts';
import { world } from '../support/world.ts';

/** A group of a model that the hot path serves and of one that LiteLLM serves, with one budget for both. */
interface Group {
  readonly name: string;
  readonly bedrock: string;
  readonly openai: string;
  /** May call what is in the group, and nothing else. */
  readonly key: string;
}

async function makeGroup(maxBudget: number): Promise<Group> {
  const name = `group-${uniqueWord()}`;
  const info = { access_groups: [name] };
  const bedrock = await addModel({ model: 'bedrock/amazon.nova-lite-v1:0' }, info);
  const openai = await addModel({ model: 'openai/gpt-4o-mini' }, info);
  await manage(`/access_group/${name}/budget`, { max_budget: maxBudget }, { method: 'PUT' });
  const group = { name, bedrock, openai, key: await generateKey({ models: [name] }) };
  await knownHere();
  return group;
}

/** The gateway looks every two seconds. */
const knownHere = () => new Promise((resolve) => setTimeout(resolve, 2_500));

const call = (model: string, key: string, text = 'Hello.'): Promise<Answer> =>
  ask('/v1/chat/completions', { key, body: chat(model, text) });

describe.skipIf(world.litellm === undefined)('the budget of an access group', () => {
  const database = new pg.Pool({ connectionString: world.databaseUrl, max: 1 });
  beforeAll(() => {
    database.on('error', () => {});
  });
  afterAll(() => database.end());

  const spentUsd = async ({ name }: Group): Promise<number> => {
    const text = 'SELECT spend FROM "LiteLLM_ModelAccessGroupBudgetTable" WHERE access_group_name = $1';
    return (await database.query<{ spend: number }>(text, [name])).rows[0]?.spend ?? 0;
  };

  it('that the hot path has spent refuses on both planes', async () => {
    const group = await makeGroup(1e-10);
    const first = await call(group.bedrock, group.key);
    expect([first.status, first.headers.get('x-gateway-served-by')]).toEqual([200, null]);
    const word = uniqueWord();
    const second = await call(group.bedrock, group.key, word);
    expect([second.status, at(second.json, 'error', 'type')]).toEqual([429, 'insufficient_quota']);
    const native = await ask(`/bedrock/model/${group.bedrock}/converse`, { key: group.key, body: says(word) });
    expect([native.status, native.headers.get('x-amzn-errortype')]).toEqual([400, 'ServiceQuotaExceededException']);
    const theirs = await call(group.openai, group.key, word);
    expect([theirs.headers.get('x-gateway-served-by'), theirs.text]).toEqual([
      'litellm',
      expect.stringContaining('Budget has been exceeded'),
    ]);
    expect(await requestsWith(word)).toEqual([]);
  });

  it('that LiteLLM has spent refuses on the hot path', async () => {
    const group = await makeGroup(1e-10);
    expect((await call(group.openai, group.key)).status).toBe(200);
    // LiteLLM books a call after it has answered.
    await expect.poll(async () => (await call(group.bedrock, group.key)).status, { timeout: 5_000 }).toBe(429);
  });

  it('holds for keys whose list names the group, and is charged by them alone', async () => {
    const group = await makeGroup(1);
    const other = await generateKey({ models: [group.bedrock, group.openai] });
    const costs: number[] = [];
    for (const model of [group.bedrock, group.openai]) {
      const { status, headers, json } = await call(model, group.key);
      expect(status).toBe(200);
      expect((await call(model, other)).status).toBe(200);
      costs.push(Number(headers.get('x-litellm-response-cost') ?? (await costOf(String(at(json, 'id'))))));
    }
    const total = costs.reduce((sum, each) => sum + each, 0);
    expect(total).toBeGreaterThan(0);
    await expect.poll(() => spentUsd(group), { timeout: 90_000, interval: 500 }).toBeCloseTo(total, 10);
  }, 120_000);

  /** Of a call that the hot path served: as it is booked. */
  async function costOf(requestId: string): Promise<number> {
    const text = 'SELECT spend FROM "LiteLLM_SpendLogs" WHERE request_id = $1';
    const booked = async () => (await database.query<{ spend: number }>(text, [requestId])).rows[0]?.spend;
    await expect.poll(booked, { timeout: 10_000 }).toBeDefined();
    return (await booked()) ?? Number.NaN;
  }
});
