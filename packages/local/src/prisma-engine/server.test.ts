import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningPostgres, startPostgres } from '../postgres.ts';
import { cacheDir, temporaryState } from '../testing/temporary-state.ts';
import { parseDatamodel } from './datamodel.ts';
import { type QueryEngine, startEngine } from './engine.ts';
import { translatorFor } from './json-protocol.ts';
import { createEngineServer } from './server.ts';
import { librarySchema, libraryTables } from './testing/library.ts';

const signal = new AbortController().signal;
let kept: ReturnType<typeof temporaryState>;
let postgres: RunningPostgres;
let base: string;
const closings: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  kept = temporaryState();
  postgres = await startPostgres({ state: kept.state, cacheDir, signal });
  await sql(libraryTables);
  // LiteLLM's own server is set up to UTC as a rule, but nothing says that it must be.
  await sql(`ALTER DATABASE litellm SET timezone = 'America/New_York'`);
  base = await serve(postgres.url);
}, 60_000);
afterAll(async () => {
  for (const close of closings) await close();
  await postgres?.stop();
  kept?.remove();
});
beforeEach(async () => {
  await sql('TRUNCATE "Book", "Author"');
});

async function serve(databaseUrl: string): Promise<string> {
  const engine: QueryEngine = await startEngine({ schema: librarySchema, databaseUrl, log: () => undefined });
  const server = createEngineServer({ engine, translate: translatorFor(parseDatamodel(librarySchema)) });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closings.push(
    () => new Promise((resolve) => server.close(resolve)),
    () => engine.close(),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function sql(text: string, values?: unknown[]): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}

type Reply = { data?: { result: unknown }; errors?: unknown[]; batchResult?: unknown[] };

async function post(path: string, body: unknown, headers: Record<string, string> = {}, to = base) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const reply = await fetch(`${to}${path}`, { method: 'POST', body: text, headers });
  return { status: reply.status, body: await reply.text() };
}

/** One document, as the Python client posts it. */
async function ask(document: string, transaction?: string, to = base): Promise<Reply> {
  const headers = transaction === undefined ? undefined : { 'X-transaction-id': transaction };
  const { status, body } = await post('/', { variables: {}, operation_name: 'query', query: document }, headers, to);
  expect(status).toBe(200);
  return JSON.parse(body) as Reply;
}

/** The value of a document that has one. */
async function result(document: string, transaction?: string): Promise<unknown> {
  const reply = await ask(document, transaction);
  expect(reply.errors).toBeUndefined();
  return reply.data?.result;
}

const create = (id: string, data = '') => `mutation { result: createOneBook (data: { id: "${id}" ${data} }) { id } }`;
const raw = (query: string, parameters: unknown[] = []) =>
  `mutation { result: queryRaw (query: ${JSON.stringify(query)} parameters: ${JSON.stringify(JSON.stringify(parameters))}) }`;
const failure = (code: string, message: unknown = expect.any(String)) => ({
  errors: [{ error: expect.any(String), user_facing_error: expect.objectContaining({ error_code: code, message }) }],
});

describe('rows', () => {
  it('come back as they were created, each type in the form of the native engine', async () => {
    const document = `mutation {
      result: createOneBook (
        data: {
          id: "b1"
          kind: "POEM"
          data: "{\\"a\\": [1, \\"é😀\\", null]}"
          notes: "null"
          tags: ["x", "a \\"quoted\\" one", ""]
          copies: 9007199254740993
          pages: 7
          price: 0.0034799999999999996
          cost: "12.50"
          cover: "AP8="
          author: { create: { id: "a1", name: "Ann", born: "1970-01-02T03:04:05.678000+00:00" } }
        }
      ) {
        id kind data notes tags copies pages price cost cover lent author_id
        author { id name born }
      }
    }`;
    expect(await result(document)).toEqual({
      id: 'b1',
      kind: 'POEM',
      data: '{"a":[1,"é😀",null]}',
      notes: 'null',
      tags: ['x', 'a "quoted" one', ''],
      copies: '9007199254740993',
      pages: 7,
      // The engine keeps 15 digits of a Float.
      price: 0.00348,
      cost: 12.5,
      cover: 'AP8=',
      lent: false,
      author_id: 'a1',
      author: { id: 'a1', name: 'Ann', born: '1970-01-02T03:04:05.678Z' },
    });
    expect(await sql('SELECT data, notes::text, born::text FROM "Book" JOIN "Author" a ON a.id = author_id')).toEqual([
      { data: { a: [1, 'é😀', null] }, notes: 'null', born: '1970-01-02 03:04:05.678' },
    ]);
  });

  it('have their defaults, and the time of now in UTC', async () => {
    const row = await result('mutation { result: createOneAuthor (data: { name: "Bob" }) { id seen_at born } }');
    expect(row).toEqual({ id: expect.stringMatching(/^[0-9a-f-]{36}$/), seen_at: expect.any(String), born: null });
    const seen = new Date((row as { seen_at: string }).seen_at).getTime();
    expect(Math.abs(Date.now() - seen)).toBeLessThan(60_000);
    const late = new Date(seen - 1).toISOString().replace('Z', '000+00:00');
    expect(await result(`query { result: findManyAuthor (where: { seen_at: { gt: "${late}" } }) { name } }`)).toEqual([
      { name: 'Bob' },
    ]);
  });

  it('are found, in order and by page, or are not there', async () => {
    for (const id of ['b1', 'b2', 'b3']) await result(create(id));
    expect(await result('query { result: findUniqueBook (where: { id: "b2" }) { id } }')).toEqual({ id: 'b2' });
    expect(await result('query { result: findUniqueBook (where: { id: "none" }) { id } }')).toBeNull();
    expect(await result('query { result: findFirstBook (orderBy: [,\n { id: "desc" }, ]) { id } }')).toEqual({
      id: 'b3',
    });
    expect(await result('query { result: findManyBook (orderBy: { id: "asc" } take: 1 skip: 1) { id } }')).toEqual([
      { id: 'b2' },
    ]);
    expect(await result('query { result: findManyBook (where: { id: { in: [,\n] } }) { id } }')).toEqual([]);
  });

  it('are found by their lists and their JSON', async () => {
    await result(create('b1', 'tags: ["x", "y"] data: "{\\"a\\": {\\"b\\": false}}"'));
    await result(create('b2', 'tags: [] data: "{\\"a\\": {\\"b\\": \\"false\\"}}"'));
    const found = (where: string) => result(`query { result: findManyBook (where: { ${where} }) { id } }`);
    expect(await found('tags: { has: "x" }')).toEqual([{ id: 'b1' }]);
    expect(await found('tags: { isEmpty: true }')).toEqual([{ id: 'b2' }]);
    expect(await found('data: { path: ["a", "b"], equals: "false" }')).toEqual([{ id: 'b1' }]);
    expect(await found('data: { path: ["a", "b"], string_contains: "als" }')).toEqual([{ id: 'b2' }]);
    expect(await found('NOT: { data: { equals: "{\\"a\\": {\\"b\\": false}}" } }')).toEqual([{ id: 'b2' }]);
  });

  it('are updated: set, increment, push, relation', async () => {
    await result(create('b1', 'copies: 1 tags: ["x"]'));
    const document = `mutation { result: updateOneBook (
      data: { copies: { increment: 9007199254740992 }, price: 1, tags: { push: ["y"] }, data: "[1]",
        author: { connectOrCreate: { where: { name: "Ann" }, create: { id: "a1", name: "Ann" } } } }
      where: { id: "b1" }) { copies price tags data author { name } } }`;
    expect(await result(document)).toEqual({
      copies: '9007199254740993',
      price: 1,
      tags: ['x', 'y'],
      data: '[1]',
      author: { name: 'Ann' },
    });
    const many =
      'mutation { result: updateManyBook (data: { lent: true } where: { author: { is: { name: "Ann" } } }) { count } }';
    expect(await result(many)).toEqual({ count: 1 });
  });

  it('are upserted by a compound key', async () => {
    await sql(`INSERT INTO "Author" (id, name) VALUES ('a1', 'Ann')`);
    const upsert = `mutation { result: upsertOneBook (
      where: { kind_author_id: { kind: "POEM", author_id: "a1" } }
      create: { id: "b1", kind: "POEM", author_id: "a1", copies: 1, data: "{\\"made\\":1}" }
      update: { copies: { increment: 2 }, data: "{\\"made\\":2}" }) { copies data } }`;
    expect(await result(upsert)).toEqual({ copies: '1', data: '{"made":1}' });
    expect(await result(upsert)).toEqual({ copies: '3', data: '{"made":2}' });
  });

  it('are created in number, without those that are there', async () => {
    const document =
      'mutation { result: createManyBook (data: [,\n{ id: "b1", data: "1" },{ id: "b2" },] skipDuplicates: true) { count } }';
    expect(await result(document)).toEqual({ count: 2 });
    expect(await result(document)).toEqual({ count: 0 });
  });

  it('are deleted', async () => {
    for (const id of ['b1', 'b2', 'b3']) await result(create(id));
    expect(await result('mutation { result: deleteOneBook (where: { id: "b1" }) { id } }')).toEqual({ id: 'b1' });
    expect(await result('mutation { result: deleteManyBook { count } }')).toEqual({ count: 2 });
  });

  it('include what relates to them', async () => {
    await sql(`INSERT INTO "Author" (id, name) VALUES ('a1', 'Ann')`);
    await result(create('b1', 'author_id: "a1" kind: "POEM"'));
    await result(create('b2', 'author_id: "a1" data: "2"'));
    const document = `query { result: findManyAuthor (where: { books: { some: { data: { equals: "2" } } } }) {
      name books (where: { data: { equals: "2" } } orderBy: { id: "desc" }) { id data } _count { books } } }`;
    expect(await result(document)).toEqual([{ name: 'Ann', books: [{ id: 'b2', data: '2' }], _count: { books: 2 } }]);
  });

  it('are counted, summed and grouped', async () => {
    for (const [id, copies, price] of [
      ['b1', 4, 0.5],
      ['b2', 5, 1.5],
      ['b3', 6, 2],
    ] as const) {
      await result(
        create(id, `kind: "${id === 'b3' ? 'POEM' : 'NOVEL'}" copies: ${copies} price: ${price} cost: "0.1"`),
      );
    }
    expect(
      await result('query { result: aggregateBook { _count { _all } _sum { copies price cost } _max { id } } }'),
    ).toEqual({
      _count: { _all: 3 },
      _sum: { copies: '15', price: 4, cost: 0.3 },
      _max: { id: 'b3' },
    });
    const grouped = `query { result: groupByBook (by: [,\n "kind",] having: { copies: { _sum: { gt: 1 } } }
      orderBy: [,\n { _sum: { copies: "desc" } },]) { kind _sum { copies } _count { id } } }`;
    expect(await result(grouped)).toEqual([
      { kind: 'NOVEL', _sum: { copies: '9' }, _count: { id: 2 } },
      { kind: 'POEM', _sum: { copies: '6' }, _count: { id: 1 } },
    ]);
  });
});

describe('raw SQL', () => {
  const cell = (type: string, value: unknown) => ({ prisma__type: type, prisma__value: value });

  it.each([
    ['1', cell('int', 1)],
    ['2::bigint', cell('bigint', '2')],
    ['1.50::numeric', cell('decimal', '1.5')],
    ['0.1::float8', cell('double', 0.1)],
    ['true', cell('bool', true)],
    ['NULL::int', cell('null', null)],
    [`'é'::text`, cell('string', 'é')],
    [`'{"a": [1]}'::jsonb`, cell('json', { a: [1] })],
    [`ARRAY['a', NULL]`, cell('array', [cell('string', 'a'), cell('null', null)])],
    ['ARRAY[1, 2]::bigint[]', cell('array', [cell('bigint', '1'), cell('bigint', '2')])],
    [`'POEM'::"Kind"`, cell('string', 'POEM')],
    [`'00000000-0000-4000-8000-000000000000'::uuid`, cell('uuid', '00000000-0000-4000-8000-000000000000')],
    [`timestamp '2026-01-02 03:04:05.678'`, cell('datetime', '2026-01-02T03:04:05.678+00:00')],
    [`timestamptz '2026-01-02 03:04:05+02'`, cell('datetime', '2026-01-02T01:04:05+00:00')],
    [`date '2026-01-02'`, cell('date', '2026-01-02')],
    [`'\\x00ff'::bytea`, cell('bytes', 'AP8=')],
    // Columns of catalogues, which the adapter alone refuses.
    [`'Book'::name`, cell('string', 'Book')],
    [`'r'::"char"`, cell('string', 'r')],
    [`to_regclass('pg_class')`, cell('string', 'pg_class')],
    ['26::oid', cell('bigint', '26')],
    [`ARRAY['a'::name]`, cell('array', [cell('string', 'a')])],
    [`interval '1 day'`, cell('string', '1 day')],
    ['pg_advisory_xact_lock(1)', cell('string', '')],
  ])('gives %s as the Python client reads it', async (expression, expected) => {
    expect(await result(raw(`SELECT ${expression} AS x`))).toEqual([{ x: expected }]);
  });

  it('takes parameters of each type', async () => {
    const document = raw(
      'SELECT $1::text AS a, $2::int AS b, $3::float8 AS c, $4::bool AS d, $5::text AS e, $6::jsonb AS f',
      [...['x', 2, 0.5, true, null, '{"a":1}']],
    );
    expect(await result(document)).toEqual([
      {
        a: cell('string', 'x'),
        b: cell('int', 2),
        c: cell('double', 0.5),
        d: cell('bool', true),
        e: cell('null', null),
        f: cell('json', { a: 1 }),
      },
    ]);
    expect(await result(raw('SELECT unnest($1::text[]) AS x', [['a', 'b']]))).toEqual([
      { x: cell('string', 'a') },
      { x: cell('string', 'b') },
    ]);
  });

  it('gives no rows, and the number of changed ones', async () => {
    expect(await result(raw('SELECT 1 WHERE false'))).toEqual([]);
    await result(create('b1'));
    expect(
      await result('mutation { result: executeRaw (query: "UPDATE \\"Book\\" SET pages = 1" parameters: "[]") }'),
    ).toBe(1);
  });

  it('runs in UTC, whatever the database says', async () => {
    expect(await result(raw('SHOW timezone'))).toEqual([{ TimeZone: cell('string', 'UTC') }]);
  });
});

describe('errors', () => {
  it.each([
    ['P2002 for a value that must be unique', `mutation { createOneAuthor (data: { name: "Ann" }) { id } }`, 'P2002'],
    ['P2003 for a row that is not there', create('b9', 'author_id: "none"'), 'P2003'],
    ['P2025 for an update of nothing', 'mutation { updateOneBook (data: {} where: { id: "none" }) { id } }', 'P2025'],
    ['P2025 for a deletion of nothing', 'mutation { deleteOneBook (where: { id: "none" }) { id } }', 'P2025'],
    ['P2009 for what is no GraphQL', 'query {', 'P2009'],
    ['P2009 for an unknown operation', 'query { findManyNothing { id } }', 'P2009'],
    ['P2009 for a field that is none', 'query { findManyBook { nothing } }', 'P2009'],
    ['P2009 for a value of another type', 'query { findManyBook (where: { pages: "x" }) { id } }', 'P2009'],
    ['P2010 for SQL that fails', raw('SELECT nothing'), 'P2010'],
    ['P2009 for text that is no JSON', create('b9', 'data: "hello"'), 'P2009'],
  ])('%s', async (_rule, document, code) => {
    await sql(`INSERT INTO "Author" (id, name) VALUES ('a1', 'Ann')`);
    expect(await ask(document)).toEqual(failure(code));
    // The engine is none the worse for it.
    expect(await result(raw('SELECT 1 AS x'))).toHaveLength(1);
  });

  it('of a missing value has the words by which the client knows it', async () => {
    expect(await ask('mutation { createOneBook (data: {}) { id } }')).toEqual(
      failure('P2009', expect.stringContaining('A value is required but not set')),
    );
  });

  it('of Postgres keeps its code', async () => {
    const reply = await ask(raw('SELECT 1 / 0'));
    expect(reply).toMatchObject({
      errors: [
        { user_facing_error: { meta: { code: '22012', message: expect.stringContaining('division by zero') } } },
      ],
    });
  });

  it.each([
    ['no JSON', 'nonsense'],
    ['no query', '{}'],
    ['a batch of nothing known', '{"batch":[{}]}'],
  ])('of a request that holds %s', async (_rule, body) => {
    const reply = await post('/', body);
    expect({ ...reply, body: JSON.parse(reply.body) }).toEqual({ status: 200, body: failure('P2009') });
  });
});

describe('a batch', () => {
  const batch = async (documents: string[], transaction = true) => {
    const { body } = await post('/', { batch: documents.map((query) => ({ query, variables: {} })), transaction });
    return JSON.parse(body) as Reply;
  };

  it('gives its results in order', async () => {
    const documents = [create('b1'), raw('SELECT 1 AS x'), 'query { result: findManyBook { id copies } }'];
    expect(await batch(documents)).toEqual({
      batchResult: [
        { data: { result: { id: 'b1' } } },
        { data: { result: [{ x: { prisma__type: 'int', prisma__value: 1 } }] } },
        { data: { result: [{ id: 'b1', copies: '0' }] } },
      ],
    });
  });

  it('may be empty', async () => {
    expect(await batch([])).toEqual({});
  });

  it('in a transaction takes effect as a whole', async () => {
    expect(await batch([create('b1'), create('b1')])).toEqual(failure('P2002'));
    expect(await sql('SELECT id FROM "Book"')).toEqual([]);
  });

  it('without one keeps what succeeded', async () => {
    expect(await batch([create('b1'), create('b1')], false)).toEqual({
      batchResult: [{ data: { result: { id: 'b1' } } }, failure('P2002')],
    });
  });
});

describe('an interactive transaction', () => {
  const start = async (options: unknown = { timeout: 5000, max_wait: 2000 }) => {
    const { status, body } = await post('/transaction/start', options);
    expect(status).toBe(200);
    return (JSON.parse(body) as { id: string }).id;
  };

  it('is seen by others when it is committed, and not before', async () => {
    const id = await start();
    await result(create('b1'), id);
    expect(await result('query { result: findManyBook { id } }')).toEqual([]);
    expect(await result('query { result: findManyBook { id } }', id)).toEqual([{ id: 'b1' }]);
    expect(await post(`/transaction/${id}/commit`, '')).toEqual({ status: 200, body: '{}' });
    expect(await result('query { result: findManyBook { id } }')).toEqual([{ id: 'b1' }]);
  });

  it('leaves nothing when it is rolled back', async () => {
    const id = await start();
    await result(create('b1'), id);
    expect((await post(`/transaction/${id}/rollback`, '')).status).toBe(200);
    expect(await sql('SELECT id FROM "Book"')).toEqual([]);
  });

  it('ends by itself, and its use is then an error the client knows', async () => {
    const id = await start({ timeout: 100, max_wait: 2000 });
    await result(create('b1'), id);
    await sleep(400);
    const reply = await ask(create('b2'), id);
    expect(reply).toEqual({
      errors: [
        {
          error: expect.stringMatching(/^Transaction already closed/),
          user_facing_error: expect.objectContaining({ error_code: 'P2028' }),
        },
      ],
    });
    expect((await post(`/transaction/${id}/commit`, '')).status).toBe(422);
    expect(await sql('SELECT id FROM "Book"')).toEqual([]);
  });

  it.each(['x', 'cmwsoi57f0000rhbn0k6bfzzz'])('%s that never was is not found', async (id) => {
    const reply = await post(`/transaction/${id}/commit`, '');
    expect(reply).toEqual({ status: 404, body: expect.stringContaining('"error_code":"P2028"') });
    expect(await ask(create('b1'), id)).toEqual(failure('P2028'));
  });
});

describe('other routes', () => {
  it.each([
    ['/status', 200, '{"status":"ok"}'],
    ['/metrics?format=json', 200, '{"counters":[],"gauges":[],"histograms":[]}'],
    ['/metrics?format=prometheus', 200, ''],
    ['/', 404, ''],
    ['/dmmf', 404, ''],
  ])('GET %s answers %i', async (path, status, body) => {
    const reply = await fetch(`${base}${path}`);
    expect([reply.status, await reply.text()]).toEqual([status, body]);
  });
});

describe('the connection pool', () => {
  const held = `${raw('SELECT pg_sleep(1.5)').replace('result:', 'held:')}`;

  it('that is exhausted is P2024, and a transaction then does not begin', async () => {
    const small = await serve(`${postgres.url}?connection_limit=1&pool_timeout=1`);
    const holding = ask(held, undefined, small);
    await sleep(200);
    const query = ask(raw('SELECT 1'), undefined, small);
    await sleep(800);
    expect(await post('/transaction/start', { max_wait: 100, timeout: 60_000 }, {}, small)).toEqual({
      status: 504,
      body: expect.stringContaining('Unable to start a transaction'),
    });
    expect(await query).toEqual(failure('P2024'));
    await holding;
    // What came too late was given back.
    await expect.poll(() => ask(raw('SELECT 1 AS x'), undefined, small)).toHaveProperty('data');
  }, 15_000);
});

describe('a schema of its own', () => {
  it('holds the tables, for raw SQL too', async () => {
    await sql(`CREATE SCHEMA "my schema"; CREATE TABLE "my schema"."Author" (LIKE "Author" INCLUDING ALL)`);
    const other = await serve(`${postgres.url}?schema=my%20schema`);
    await ask('mutation { createOneAuthor (data: { name: "Eve" }) { id } }', undefined, other);
    expect(await ask(raw('SELECT name FROM "Author"'), undefined, other)).toMatchObject({
      data: { result: [{ name: { prisma__value: 'Eve' } }] },
    });
    expect(await sql('SELECT name FROM "Author"')).toEqual([]);
  });
});

// Last, as it takes the database away.
describe('a database that goes away', () => {
  it('is P1001 while it is down, and is used again when it is back', async () => {
    expect(await result(raw('SELECT 1 AS x'))).toHaveLength(1);
    const cut = ask(raw('SELECT pg_sleep(30)'));
    await sleep(200);
    postgres.daemon.kill();
    const down = failure(
      'P1001',
      expect.stringContaining(`Can't reach database server at \`127.0.0.1:${postgres.port}\``),
    );
    expect(await cut).toEqual(down);
    expect(await ask('query { findManyBook { id } }')).toEqual(down);
    expect(await ask(raw('SELECT 1'))).toEqual(down);
    const batch = await post('/', { batch: [{ query: create('b1'), variables: {} }], transaction: true });
    expect(JSON.parse(batch.body)).toEqual(down);
    const start = await post('/transaction/start', { max_wait: 2000, timeout: 1000 });
    expect(start).toEqual({ status: 500, body: expect.stringContaining('P1001') });

    const { port } = postgres;
    postgres = await startPostgres({ state: kept.state, cacheDir, signal });
    expect(postgres.port).toBe(port);
    await expect.poll(() => ask('query { result: findManyBook { id } }')).toEqual({ data: { result: [] } });
  }, 60_000);
});
