import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { requestLogTable, requestLogViews } from '@genai-gateway/config';
import { FolderObjects } from '@genai-gateway/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compactionWorld, sampleHour } from '../test-support/compaction-world.ts';
import { samplePayload } from '../test-support/sample-payload.ts';
import { archiveColumns } from './archive-columns.ts';

const noLink = () => Promise.reject(new Error('no link'));

it('has the columns in its files that the table says', () => {
  const glue = {
    text: 'string',
    json: 'string',
    integer: 'bigint',
    number: 'double',
    boolean: 'boolean',
    time: 'timestamp',
  };
  expect(requestLogTable.columns).toEqual(archiveColumns.map(({ name, kind }) => ({ name, type: glue[kind] })));
});

it('looks for the partitions where the files are', () => {
  const { 'storage.location.template': template = '', ...projection } = requestLogTable.parameters('b');
  expect(template.replace(`\${date}`, '2026-11-23').replace(`\${hour}`, '07')).toBe(
    's3://b/requests/date=2026-11-23/hour=07/',
  );
  expect(template.startsWith(requestLogTable.location('b'))).toBe(true);
  for (const { name } of requestLogTable.partitionKeys) expect(projection).toHaveProperty([`projection.${name}.type`]);
});

describe('the views, over what compaction wrote', () => {
  let folder = '';
  let query: (sql: string) => Promise<unknown[]>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'archive-'));
    const world = compactionWorld(undefined, new FolderObjects(folder, noLink));
    const failure = {
      status: 'failure',
      response_cost: 0,
      error_information: { error_code: '429', error_class: 'RateLimitError' },
    };
    const lines = Array.from({ length: 20 }, (_, index) =>
      JSON.stringify({
        ...samplePayload(`id-${index}`, sampleHour + index, index < 16 ? {} : failure),
        response_time: index + 1,
        metadata: {
          user_api_key_hash: `key-${index % 3}`,
          user_api_key_team_id: index % 2 === 0 ? 'team-1' : null,
          user_api_key_team_alias: 'One',
        },
      }),
    );
    await world.put('gateway/a.jsonl', lines.join('\n'));
    // A batch that was sent again because its answer was lost.
    await world.put('gateway/b.jsonl', lines.slice(0, 7).join('\n'));
    await world.put('litellm/c.json', JSON.stringify(samplePayload('next', sampleHour + 3600)));
    expect(await world.compact()).toMatchObject({ rows: 28, files: 2 });
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    // What Athena calls so, DuckDB has by another name.
    await connection.run('CREATE MACRO approx_percentile(value, share) AS quantile_cont(value, share)');
    await connection.run(
      `CREATE VIEW request_log AS SELECT * FROM read_parquet('${folder}/requests/**/*.parquet', hive_partitioning = true, hive_types = {'date': VARCHAR, 'hour': VARCHAR}, union_by_name = true)`,
    );
    for (const { name, sql } of requestLogViews) await connection.run(`CREATE VIEW ${name} AS ${sql}`);
    query = async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson();
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('has all rows in the table, and each call once in `calls`', async () => {
    const [table] = await query(
      'SELECT count(*)::int AS rows, min("date") AS date, min(hour) AS first, max(hour) AS last FROM request_log',
    );
    expect(table).toEqual({ rows: 28, date: '2026-11-23', first: '16', last: '17' });
    expect(await query('SELECT count(*)::int AS rows, count(DISTINCT id)::int AS ids FROM calls')).toEqual([
      { rows: 21, ids: 21 },
    ]);
  });

  it('adds up the spend of teams', async () => {
    expect(
      await query('SELECT * REPLACE (round(spend_usd, 6) AS spend_usd) FROM spend_by_team ORDER BY team_id NULLS LAST'),
    ).toEqual([
      {
        date: '2026-11-23',
        team_id: 'team-1',
        team_alias: 'Team One',
        calls: '11',
        failures: '2',
        prompt_tokens: '220',
        completion_tokens: '110',
        spend_usd: 0.01125,
      },
      {
        date: '2026-11-23',
        team_id: null,
        team_alias: 'One',
        calls: '10',
        failures: '2',
        prompt_tokens: '200',
        completion_tokens: '100',
        spend_usd: 0.01,
      },
    ]);
  });

  it('has the latency of models, without calls that failed', async () => {
    expect(await query('SELECT * FROM latency_by_model')).toEqual([
      {
        date: '2026-11-23',
        model_group: 'claude-sonnet',
        model: 'eu.anthropic.claude-sonnet-4-5',
        calls: '17',
        p50_seconds: 8,
        p95_seconds: expect.closeTo(15.2, 6),
        p99_seconds: expect.closeTo(15.84, 6),
        p50_first_token_ms: 250,
        p95_first_token_ms: 250,
      },
    ]);
  });

  it('counts errors by kind', async () => {
    expect(await query('SELECT * FROM errors')).toEqual([
      {
        date: '2026-11-23',
        hour: '16',
        model_group: 'claude-sonnet',
        error_code: '429',
        error_class: 'RateLimitError',
        failures: '4',
        keys: '3',
        last_at: '2026-11-23 16:00:19',
      },
    ]);
  });
});
