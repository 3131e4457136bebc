import { randomUUID } from 'node:crypto';
import type { AuditRecord } from '@genai-gateway/governance';
import { connectPostgres, PostgresAuditLog } from '@genai-gateway/litellm';
import { expect, test } from 'vitest';
import { testDatabase } from './testing/test-database.ts';

const database = testDatabase({ max: 3 });
const open = new AbortController().signal;

const entry = (change: Partial<AuditRecord> = {}): AuditRecord => ({
  id: randomUUID(),
  atMs: Date.UTC(2026, 10, 23, 12, 30, 15, 250),
  actor: 'alice',
  keyHash: 'a'.repeat(64),
  action: 'published',
  object: { kind: 'prompt', id: 'PROMPT1234' },
  before: { version: 'DRAFT' },
  after: { version: '1', note: "it's “quoted”" },
  ...change,
});

const rows = async (id: string) =>
  (await database.pool.query('SELECT *, updated_at::text AS at FROM "LiteLLM_AuditLog" WHERE id = $1', [id])).rows;

test('a record is a row of LiteLLM’s, its time in UTC', async () => {
  const written = entry();
  await new PostgresAuditLog(database.pool).record(written, open);
  expect(await rows(written.id)).toMatchObject([
    {
      at: '2026-11-23 12:30:15.25',
      changed_by: 'alice',
      changed_by_api_key: 'a'.repeat(64),
      action: 'published',
      table_name: 'genai_gateway_prompt',
      object_id: 'PROMPT1234',
      before_value: { version: 'DRAFT' },
      updated_values: { version: '1', note: "it's “quoted”" },
    },
  ]);
});

test('what is written again is there once, as it was first', async () => {
  const log = new PostgresAuditLog(database.pool);
  const written = entry({ object: { kind: 'session', id: 's1' }, before: undefined, after: undefined });
  await log.record(written, open);
  await log.record({ ...written, actor: 'mallory' }, open);
  expect(await rows(written.id)).toMatchObject([
    { table_name: 'genai_gateway_session', changed_by: 'alice', before_value: null, updated_values: null },
  ]);
});

test('a text that Postgres does not take is kept as near as can be', async () => {
  const written = entry({
    object: { kind: 'prompt', id: 'prompt:a\0b' },
    after: { name: 'a\0b', models: ['\ud800c'] },
  });
  await new PostgresAuditLog(database.pool).record(written, open);
  expect(await rows(written.id)).toMatchObject([
    { object_id: 'prompt:a\ufffdb', updated_values: { name: 'a\ufffdb', models: ['\ufffdc'] } },
  ]);
});

test('a record that cannot be kept is an error that says so, and a signal ends the wait', async () => {
  const nowhere = connectPostgres({ url: 'postgresql://u:p@127.0.0.1:9/none', max: 1 });
  await expect(new PostgresAuditLog(nowhere).record(entry(), open)).rejects.toMatchObject({
    code: 'identity-unavailable',
    message: expect.stringContaining('audit log'),
  });
  await expect(
    new PostgresAuditLog(database.pool).record(entry(), AbortSignal.abort(new Error('gone'))),
  ).rejects.toThrow('gone');
  await nowhere.end();
});
