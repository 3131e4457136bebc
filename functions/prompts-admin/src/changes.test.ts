import { defaultPrompts, type ExceptionName } from '@genai-gateway/simulators';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Answer, promptStage } from './test-support/stage.ts';

const stage = promptStage(defaultPrompts);
const { ask, askAnother } = stage;
const outcomeOf = ({ status, body }: Answer) => (status < 300 ? 'done' : `${status} ${body.error.code}`);
const draft = async (name = 'summarize') => (await ask('GET', `/v1/prompts/${name}`)).body;
const callsOf = (operation: string) =>
  stage
    .bedrock()
    .requests()
    .filter((each) => each.operation === operation).length;

describe('writers at the same time', () => {
  const processes = [0, 1, 2, 3];

  test('of which each has read the same draft: one wins, and the others are told', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { etag } = await draft();
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, n) =>
          askAnother(processes[n % 4] ?? 0, 'PATCH', '/v1/prompts/summarize', {
            body: { description: `round ${round}, writer ${n}`, etag },
          }),
        ),
      );
      const won = answers.filter(({ status }) => status === 200);
      expect(answers.map(outcomeOf).toSorted()).toEqual([
        ...Array.from({ length: 7 }, () => '409 prompt_conflict'),
        'done',
      ]);
      expect(won[0]?.body).toEqual(await draft());
    }
    expect(callsOf('update-prompt')).toBe(5);
    expect(await stage.audit()).toHaveLength(5);
  });

  test('that read again and go on: no change is lost', async () => {
    const writer = async (process: number) => {
      for (let attempt = 0; attempt < 50; attempt += 1) {
        const { etag, variants } = await draft('support');
        const metadata = { ...variants[0].metadata, [`writer-${process}`]: 'was-here' };
        const body = { etag, variants: [{ ...variants[0], metadata }] };
        const answer = await askAnother(process, 'PATCH', '/v1/prompts/support', { body });
        if (answer.status === 200) return;
        expect(outcomeOf(answer)).toBe('409 prompt_conflict');
      }
      throw new Error('a writer never had its turn');
    };
    await Promise.all(processes.map(writer));
    const names = processes.map((process) => `writer-${process}`);
    expect(Object.keys((await draft('support')).variants[0].metadata).toSorted()).toEqual(names);
  });

  test('and a change beside the gateway, in the console: it is noticed', async () => {
    const { etag } = await draft();
    const console_ = { id: 'SUMMARIZE1', name: 'summarize', description: 'of the console', variants: [] };
    stage.bedrock().prompts.save(console_);
    const late = await ask('PATCH', '/v1/prompts/summarize', { body: { description: 'mine', etag } });
    expect(outcomeOf(late)).toBe('409 prompt_conflict');
    expect((await draft()).description).toBe('of the console');
  });

  test('of one new name, and of one idempotency-key', async () => {
    const create = (process: number, name: string, key?: string, description = 'a') =>
      askAnother(process, 'POST', '/v1/prompts', {
        body: { name, description },
        headers: key === undefined ? {} : { 'idempotency-key': key },
      });
    const named = await Promise.all(processes.map((process) => create(process, 'one-name')));
    expect(named.map(outcomeOf).toSorted()).toEqual([
      ...Array.from({ length: 3 }, () => '409 prompt_conflict'),
      'done',
    ]);
    const keyed = await Promise.all(processes.map((process) => create(process, 'one-key', 'key-1')));
    expect(keyed.map(outcomeOf)).toEqual(processes.map(() => 'done'));
    expect(new Set(keyed.map(({ body }) => body.id)).size).toBe(1);
    expect(outcomeOf(await create(0, 'one-key', 'key-1', 'b'))).toBe('409 prompt_conflict');
    const { id, etag } = keyed[0]?.body ?? {};
    const publish = (key: string) =>
      ask('POST', `/v1/prompts/${id}/versions`, { body: { etag }, headers: { 'idempotency-key': key } });
    expect([await publish('a'), await publish('a'), await publish('b')].map(({ body }) => body.version)).toEqual([
      '1',
      '1',
      '2',
    ]);
  });
});

describe('the audit log', () => {
  test('has a record of each change, without a word of a prompt', async () => {
    const created = (
      await ask('POST', '/v1/prompts', {
        body: { name: 'audited', variants: [{ text: 'SECRET-TEXT', model: 'amazon.nova-lite-v1:0' }] },
      })
    ).body;
    const patched = (await ask('PATCH', '/v1/prompts/audited', { body: { description: 'b', etag: created.etag } }))
      .body;
    await ask('POST', '/v1/prompts/audited/versions', { body: { etag: patched.etag } });
    await ask('DELETE', `/v1/prompts/audited/versions/1`);
    await ask('DELETE', `/v1/prompts/audited?etag=${patched.etag}`);
    const rows = await stage.audit();
    expect(rows.map(({ action, object_id }) => [action, object_id])).toEqual([
      ['created', 'prompt:audited'],
      ['updated', created.id],
      ['published', created.id],
      ['deleted', created.id],
      ['deleted', created.id],
    ]);
    const variants = [{ name: 'default', model: 'amazon.nova-lite-v1:0' }];
    expect(rows[1]).toMatchObject({
      changed_by: 'master',
      before_value: { name: 'audited', variants, etag: created.etag },
      updated_values: { name: 'audited', variants, etag: patched.etag },
    });
    expect(rows[3]?.['before_value']).toMatchObject({ version: '1' });
    expect(JSON.stringify(rows)).not.toContain('SECRET-TEXT');
  });

  test('that cannot be written refuses the change before it is made', async () => {
    const { etag } = await draft();
    await stage.database.pool.query('ALTER TABLE "LiteLLM_AuditLog" RENAME TO "Gone"');
    try {
      const answer = await ask('PATCH', '/v1/prompts/summarize', { body: { description: 'b', etag } });
      expect(outcomeOf(answer)).toBe('503 identity_unavailable');
      expect(answer.headers['retry-after']).toBe('2');
      expect(callsOf('update-prompt')).toBe(0);
    } finally {
      await stage.database.pool.query('ALTER TABLE "Gone" RENAME TO "LiteLLM_AuditLog"');
    }
    expect((await draft()).etag).toBe(etag);
  });

  test('says of a change that Bedrock refused that it was refused', async () => {
    const { etag } = await draft();
    const body = { etag, description: 'x'.repeat(201) };
    expect(outcomeOf(await ask('PATCH', '/v1/prompts/summarize', { body }))).toBe('400 invalid_value');
    const [intended, refused] = await stage.audit();
    expect(refused).toMatchObject({
      action: 'updated',
      object_id: 'SUMMARIZE1',
      updated_values: { record: intended?.['id'], outcome: 'refused', error: 'invalid-request' },
    });
  });
});

describe('when Bedrock fails', () => {
  const operations = [
    ['create-prompt', 'POST', '/v1/prompts', { name: 'of-a-fault' }],
    ['get-prompt', 'PATCH', '/v1/prompts/summarize?etag=*', { description: 'b' }],
    ['update-prompt', 'PATCH', '/v1/prompts/summarize?etag=*', { description: 'b' }],
    ['create-prompt-version', 'POST', '/v1/prompts/summarize/versions?etag=*', {}],
    ['delete-prompt', 'DELETE', '/v1/prompts/SUMMARIZE1?etag=*', undefined],
    ['list-prompts', 'GET', '/v1/prompts', undefined],
    ['get-prompt', 'GET', '/v1/prompts/summarize', undefined],
  ] as const;
  const errors: readonly (readonly [ExceptionName, string])[] = [
    ['ThrottlingException', '429 rate_limit_exceeded'],
    ['ServiceQuotaExceededException', '429 quota_exceeded'],
    ['AccessDeniedException', '502 upstream_access_denied'],
    ['InternalServerException', '503 prompts_unavailable'],
  ];

  test.each(errors)(
    'with %s, every operation is %s, and nothing is changed',
    async (name, outcome) => {
      const before = await draft();
      for (const [operation, method, path, body] of operations) {
        stage.bedrock().script({ match: { operation }, times: 2, reply: { fault: { kind: 'exception', name } } });
        const answer = await ask(method, path, body === undefined ? {} : { body });
        expect([operation, outcomeOf(answer)]).toEqual([operation, outcome]);
        if (answer.status === 429 && name === 'ThrottlingException') expect(answer.headers['retry-after']).toBe('1');
        if (answer.status === 503) expect(answer.headers['retry-after']).toBe('2');
        stage.bedrock().clearScripts();
      }
      expect(await draft()).toEqual(before);
      expect((await ask('GET', '/v1/prompts?search=of-a-fault')).body.data).toEqual([]);
    },
    60_000,
  );

  test('and its answer is lost: it is said that nobody knows, the audit log too, and what was done is done once', async () => {
    const create = () =>
      ask('POST', '/v1/prompts', { body: { name: 'lost-answer' }, headers: { 'idempotency-key': 'lost' } });
    stage
      .bedrock()
      .script({ match: { operation: 'create-prompt' }, times: 2, reply: { fault: { kind: 'cut', afterBytes: 0 } } });
    const lost = await create();
    expect(outcomeOf(lost)).toBe('503 prompts_unavailable');
    expect(lost.body.error.message).toContain('idempotency-key');
    expect((await stage.audit()).map((row) => row['updated_values'])).toContainEqual(
      expect.objectContaining({ outcome: 'unknown' }),
    );
    stage.bedrock().clearScripts();
    expect(outcomeOf(await create())).toBe('done');
    expect((await ask('GET', '/v1/prompts?search=lost-answer')).body.data).toHaveLength(1);
    const { etag } = await draft();
    stage.bedrock().script({ match: { operation: 'delete-prompt' }, reply: { fault: { kind: 'cut', afterBytes: 0 } } });
    expect(outcomeOf(await ask('DELETE', `/v1/prompts/summarize?etag=${etag}`))).toBe('done');
  });
});

describe('the gateways', () => {
  let listener: Redis | undefined;
  afterEach(() => listener?.disconnect());

  test('are told of every change, by its ARN', async (context) => {
    const { url, label } = stage.redis;
    if (url === undefined) return context.skip(label);
    listener = new Redis(url);
    await listener.subscribe('genai-gateway:prompts');
    const heard: string[] = [];
    listener.on('message', (_channel, message) => heard.push(message));
    const { etag, arn } = await draft();
    await ask('PATCH', '/v1/prompts/summarize', { body: { description: 'b', etag } });
    const news = JSON.stringify({ arn });
    await expect.poll(() => heard).toEqual([news]);
    await ask('POST', '/v1/prompts/summarize/versions?etag=*');
    await ask('DELETE', '/v1/prompts/summarize/versions/1');
    await ask('DELETE', '/v1/prompts/summarize?etag=*');
    await expect.poll(() => heard).toEqual([news, news, news, news]);
  });
});

test('a change holds where the gateways cannot be told', async () => {
  vi.stubEnv('REDIS_URL', 'redis://127.0.0.1:1');
  const { etag } = await draft();
  const answer = await askAnother(9, 'PATCH', '/v1/prompts/summarize', { body: { description: 'untold', etag } });
  expect(answer).toMatchObject({ status: 200, body: { description: 'untold' } });
  expect(await draft()).toEqual(answer.body);
});

describe('the 1 MB of a load balancer', () => {
  const long = 'x'.repeat(300 * 1024);

  test('carry prompts as large as fit, and larger ones are read variant by variant', async () => {
    const variants = ['a', 'b'].map((name) => ({ name, text: `${name} ${long}` }));
    const created = await ask('POST', '/v1/prompts', { body: { name: 'large', variants } });
    expect(created.status).toBe(201);
    expect((await ask('GET', '/v1/prompts/large')).body.variants).toHaveLength(2);
    const third = { name: 'c', templateType: 'TEXT', templateConfiguration: { text: { text: long } } } as const;
    const kept = variants.map(
      ({ name, text }) => ({ name, templateType: 'TEXT', templateConfiguration: { text: { text } } }) as const,
    );
    stage.bedrock().prompts.save({ id: 'LARGE00001', name: 'larger', variants: [...kept, third] });
    const whole = await ask('GET', '/v1/prompts/larger');
    expect(outcomeOf(whole)).toBe('413 answer_too_large');
    expect(whole.body.error.message).toContain('?variant=a');
    const one = await ask('GET', '/v1/prompts/larger?variant=c');
    expect(one.body.variants).toMatchObject([{ name: 'c', text: long }]);
    const changed = await ask('PATCH', '/v1/prompts/larger', { body: { description: 'b', etag: one.body.etag } });
    expect(changed).toMatchObject({ status: 200, body: { description: 'b', etag: expect.any(String) } });
    expect(changed.body.variants).toBeUndefined();
  });

  test('take no more: a body that is larger is a 413', async () => {
    const body = { name: 'too-large', variants: [{ text: 'x'.repeat(1_100_000) }] };
    expect((await ask('POST', '/v1/prompts', { body })).status).toBe(413);
  });
});
