import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Turn } from '@genai-gateway/history';
import type { SeenAnswer } from '@genai-gateway/lambda/testing/alb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chatHistoryStage, ownerNamed, ownerOfKey, standInLambda } from './test-support/stage.ts';

const stage = chatHistoryStage();
const { ask, invoke, append, settings, lines } = stage;
const master = ownerNamed('master');
const MB = 1024 * 1024;
let count = 0;
let id = '';
beforeEach(() => {
  count += 1;
  id = `session-${count}`;
});

type Json = Record<string, unknown>;
const jsonOf = ({ json }: SeenAnswer) => json as Json;
const get = async (target: string): Promise<Json> => jsonOf(await ask({ target }));
const saying = (text: string): Partial<Turn> => ({
  answer: { api: 'converse', message: { role: 'assistant', content: [{ text }] } },
});
const linkedFile = (url: unknown): Buffer => readFileSync(fileURLToPath(String(url)));

/** The export or deletion once it is over. */
async function ended(target: string): Promise<Json> {
  await expect.poll(async () => (await get(target))['status'], { timeout: 20_000 }).toBeOneOf(['done', 'failed']);
  return get(target);
}

describe('sessions', () => {
  it('are listed, read, renamed and deleted', async () => {
    await append(master, id);
    await expect
      .poll(async () => (await get('/v1/sessions'))['data'], { timeout: 20_000 })
      .toMatchObject([{ object: 'session', id, title: null }]);
    expect(await get(`/v1/sessions/${id}`)).toMatchObject({ object: 'session', id });
    const renamed = await ask({ method: 'PATCH', target: `/v1/sessions/${id}`, body: { title: 'Trip' } });
    expect(jsonOf(renamed)).toMatchObject({ title: 'Trip' });
    expect((await ask({ method: 'POST', target: `/v1/sessions/${id}`, body: { title: null } })).status).toBe(200);
    const turns = await get(`/v1/sessions/${id}/turns?api=anthropic`);
    expect(turns).toMatchObject({ object: 'list', data: [{ messages: [{ role: 'user' }, { role: 'assistant' }] }] });
    expect(jsonOf(await ask({ method: 'DELETE', target: `/v1/sessions/${id}` }))).toEqual({
      id,
      object: 'session.deleted',
      deleted: true,
      proof: { items: 1, objects: 0, verified: true },
    });
    expect((await ask({ target: `/v1/sessions/${id}` })).status).toBe(404);
  });

  it('are searched, in the answer and the question', async () => {
    await append(master, id, saying('The Needle of Space'));
    await expect
      .poll(async () => (await get('/v1/sessions?q=NEEDLE%20of&limit=1'))['data'], { timeout: 20_000 })
      .toMatchObject([{ id, matches: [{ role: 'assistant', excerpt: 'The Needle of Space' }] }]);
    expect(await get('/v1/sessions?q=needle&model=other')).toMatchObject({ data: [], has_more: false, next: null });
    await ask({ method: 'DELETE', target: `/v1/sessions/${id}` });
  });

  it.each([
    ['/v1/sessions?color=red', 400],
    ['/v1/sessions?limit=0', 400],
    ['/v1/sessions?limit=1&limit=2', 400],
    ['/v1/sessions/none', 404],
    ['/v1/sessions/no%20id', 400],
    ['/v1/sessions/none/turns', 404],
    ['/v1/sessions/none/other', 404],
    ['/v1/sessions/exports/turns', 404],
    ['/v1/sessions/exports/x?after=1&y=2', 400],
  ])('asked for as %s answer %i', async (target, status) => {
    expect((await ask({ target })).status).toBe(status);
  });

  it('are 503 while their store cannot be asked, with no word of it', async () => {
    await append(master, id);
    stage.relay().decide(() => 'refuse');
    for (const target of ['/v1/sessions', '/v1/sessions?q=x', `/v1/sessions/${id}`, `/v1/sessions/${id}/turns`]) {
      const { status, text, headers } = await ask({ target });
      expect([status, headers['retry-after']]).toEqual([503, '2']);
      expect(text).not.toMatch(/sessions\b.*table|127\.0\.0\.1/);
    }
    expect((await ask({ method: 'DELETE', target: `/v1/sessions/${id}` })).status).toBe(503);
    stage.relay().decide(() => 'pass');
    expect((await ask({ method: 'DELETE', target: `/v1/sessions/${id}` })).status).toBe(200);
  });

  it('where none are kept are a 400 that says so', async () => {
    settings({ HISTORY_TABLE: undefined });
    const { status, text } = await ask({ target: '/v1/sessions' });
    expect(status).toBe(400);
    expect(text).toContain('HISTORY_TABLE');
  });
});

describe('what is larger than 1 MB', () => {
  it('comes page by page, a larger turn as a link, which goes with its session', async () => {
    for (const size of [0.3, 0.3, 0.3, 5, 0.1, 5]) await append(master, id, saying('x'.repeat(size * MB)));
    const pages: Json[][] = [];
    let after = '';
    do {
      const page = await get(`/v1/sessions/${id}/turns?limit=100${after}`);
      pages.push(page['data'] as Json[]);
      after = page['next'] === null ? '' : `&after=${String(page['next'])}`;
    } while (after !== '');
    expect(pages.map(({ length }) => length)).toEqual([2, 1, 1, 1, 1]);
    const [large] = pages[2] ?? [];
    expect(large).toMatchObject({ object: 'session.turn', model: 'claude-sonnet', content_bytes: expect.any(Number) });
    expect(large).not.toHaveProperty('messages');
    const content = linkedFile(large?.['content_url']);
    expect(content).toHaveLength(Number(large?.['content_bytes']));
    expect(JSON.parse(content.toString())).toMatchObject({
      id: large?.['id'],
      messages: [{}, { content: expect.any(String) }],
    });
    const deleted = await ask({ method: 'DELETE', target: `/v1/sessions/${id}` });
    expect(jsonOf(deleted)).toMatchObject({ proof: { items: 6, objects: 4, verified: true } });
    expect(() => linkedFile(large?.['content_url'])).toThrow();
  }, 60_000);

  it.each([
    ['quotation marks', '"'],
    ['what is no ASCII', '東'],
    ['emoji', '🗼'],
    ['control characters', '\u0001'],
  ])('of %s comes through too', async (_what, char) => {
    const text = char.repeat(Math.floor((0.3 * MB) / char.length));
    for (let turn = 0; turn < 3; turn += 1) await append(master, id, saying(text));
    expect((await ask({ target: `/v1/sessions/${id}/turns` })).status).toBe(200);
  });

  it('and has no place is told so', async () => {
    settings({ EXPORT_DIR: undefined });
    await append(master, id, saying('x'.repeat(5 * MB)));
    const { status, text } = await ask({ target: `/v1/sessions/${id}/turns` });
    expect(status).toBe(400);
    expect(text).toContain('EXPORT_BUCKET');
  });
});

describe('an export', () => {
  it('is asked for, goes on without the caller, and is fetched', async () => {
    await append(master, id, saying('Hello'));
    const body = { session_ids: [id], format: 'jsonl', api: 'converse' };
    const asked = await ask({ method: 'POST', target: '/v1/sessions/export', body });
    expect(asked).toMatchObject({ status: 202, json: { object: 'session.export', status: 'queued' } });
    expect(asked.headers['location']).toBe(`/v1/sessions/exports/${String(jsonOf(asked)['id'])}`);
    const done = await ended(asked.headers['location'] ?? '');
    expect(done).toMatchObject({ status: 'done', counts: { sessions: 1, turns: 1 }, error: null });
    const [file] = done['files'] as Json[];
    const text = gunzipSync(linkedFile(file?.['url'])).toString();
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { object: 'session', id },
      { object: 'session.turn', session_id: id, messages: [{}, { content: [{ text: 'Hello' }] }] },
    ]);
  });

  it('that cannot be made says so', async () => {
    await append(master, id);
    const asked = await ask({ method: 'POST', target: '/v1/sessions/export', body: { session_ids: [id] } });
    stage.relay().decide(() => 'refuse');
    const failed = await ended(asked.headers['location'] ?? '');
    expect(failed).toMatchObject({ status: 'failed', error: expect.stringMatching(/Chat history cannot be read/) });
    expect(lines).toContainEqual(expect.objectContaining({ message: 'a task failed' }));
  }, 60_000);

  it('is refused for what it is not', async () => {
    for (const body of [{ format: 'csv' }, { session_ids: 'x' }, { color: 'red' }]) {
      expect((await ask({ method: 'POST', target: '/v1/sessions/export', body })).status).toBe(400);
    }
    expect((await ask({ method: 'POST', target: '/v1/sessions/export?color=red' })).status).toBe(400);
    settings({ EXPORT_DIR: undefined });
    expect((await ask({ method: 'POST', target: '/v1/sessions/export' })).status).toBe(400);
  });
});

describe('deleting all sessions', () => {
  it('is asked for in so many words, and proved', async () => {
    await stage.addKey('sk-forget-me');
    const owner = ownerOfKey('sk-forget-me');
    for (const each of ['a', 'b', 'c']) await append(owner, `${id}-${each}`);
    const key = 'sk-forget-me';
    for (const target of ['/v1/sessions', '/v1/sessions?all=1', '/v1/sessions?all=true&from=2026-01-01']) {
      expect((await ask({ key, method: 'DELETE', target })).status).toBe(400);
    }
    const asked = await ask({ key, method: 'DELETE', target: '/v1/sessions?all=true' });
    expect(asked).toMatchObject({ status: 202, json: { object: 'sessions.deletion', status: 'queued' } });
    const target = asked.headers['location'] ?? '';
    await expect.poll(async () => jsonOf(await ask({ key, target }))['status'], { timeout: 20_000 }).toBe('done');
    expect(jsonOf(await ask({ key, target }))).toMatchObject({
      counts: { sessions: 3 },
      proof: { items: 3, objects: 0, verified: true },
    });
    expect(jsonOf(await ask({ key, target: '/v1/sessions' }))).toMatchObject({ data: [] });
    expect((await ask({ target })).status).toBe(404);
    expect((await ask({ target: `${target}?owner=${owner}` })).status).toBe(200);
  }, 60_000);
});

describe('behind Lambda', () => {
  let lambda: Awaited<ReturnType<typeof standInLambda>>;
  beforeAll(async () => {
    lambda = await standInLambda();
  });
  afterAll(() => lambda.close());
  beforeEach(() => {
    lambda.events.length = 0;
    lambda.answerWith(202);
    settings({ AWS_LAMBDA_FUNCTION_NAME: 'chat-history', LAMBDA_ENDPOINT_URL: lambda.url });
  });

  /** Invokes the function by what it has handed to Lambda, each twice, until nothing is left. */
  async function untilDone(remainingMs: number): Promise<number> {
    let rounds = 0;
    for (let event = lambda.events.shift(); event !== undefined; event = lambda.events.shift()) {
      rounds += 1;
      const once = await invoke(event, remainingMs);
      const handedOn = lambda.events.splice(0);
      if ((once as Json)['ended'] === 'done') await invoke(event, remainingMs);
      lambda.events.push(...handedOn);
    }
    return rounds;
  }

  it('an export goes on from invocation to invocation before its time ends', async () => {
    for (let turn = 0; turn < 5; turn += 1) await append(master, id);
    await append(master, `${id}-b`);
    const body = { session_ids: [id, `${id}-b`] };
    const asked = await ask({ method: 'POST', target: '/v1/sessions/export', body });
    expect(lambda.events).toEqual([{ task: 'export', owner: master, id: jsonOf(asked)['id'] }]);
    expect(await untilDone(30_000)).toBeGreaterThan(2);
    const done = await get(asked.headers['location'] ?? '');
    expect(done).toMatchObject({ status: 'done', counts: { sessions: 2, turns: 6 } });
    expect((done['files'] as Json[]).length).toBeGreaterThan(1);
  });

  it('an export that cannot be begun is told at once, and has failed', async () => {
    lambda.answerWith(403);
    const { status, text } = await ask({ method: 'POST', target: '/v1/sessions/export' });
    expect(status).toBe(503);
    expect(text).toMatch(/could not be begun/);
  });

  it('a task whose going on is refused rejects, and goes on when Lambda tries again', async () => {
    await append(master, id);
    const asked = await ask({ method: 'POST', target: '/v1/sessions/export', body: { session_ids: [id] } });
    const [event = {}] = lambda.events;
    lambda.answerWith(500);
    await expect(invoke(event, 30_000)).rejects.toThrow();
    lambda.answerWith(202);
    lambda.events.splice(0, Number.POSITIVE_INFINITY, event);
    await untilDone(30_000);
    expect(await get(asked.headers['location'] ?? '')).toMatchObject({ status: 'done', counts: { turns: 1 } });
  }, 30_000);

  it('a sweep goes through everything, in as many invocations as it takes', async () => {
    expect(await invoke({ task: 'retention-sweep' })).toMatchObject({ ended: 'done', expired: 0 });
    lambda.events.push({ task: 'retention-sweep' });
    expect(await untilDone(30_000)).toBeGreaterThan(1);
    expect(lines).toContainEqual(
      expect.objectContaining({
        message: 'retention sweep',
        expired: 0,
        late: 0,
        orphans: 0,
        exports: 0,
        ended: 'done',
      }),
    );
  });

  it.each([
    {},
    { task: 'x' },
    { task: 'export' },
    { task: 'export', owner: 'me', id: 'x' },
    { task: 'deletion', owner: master },
    { task: 'retention-sweep', after: 'x' },
  ])('the event %j is none of ours', async (event) => {
    await expect(invoke(event)).rejects.toThrow();
  });
});
