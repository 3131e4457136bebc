import { GatewayError } from '@genai-gateway/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { FunctionRequest, FunctionRoute } from './function-route.ts';
import { httpFunction } from './http-function.ts';
import { maxBodyBytes, maxEventBytes } from './limits.ts';
import type { TaskEvent } from './task.ts';
import { type AskedRequest, albEvent, seenAnswer } from './test-support/alb.ts';

const masterKey = 'sk-master-of-the-tests';
const asMaster = { authorization: `Bearer ${masterKey}` };
const page = 'https://chat.example.com';

let asked: FunctionRequest[] = [];
const echo = (method: FunctionRoute<Services>['method'], path: string): FunctionRoute<Services> => ({
  method,
  path,
  handle: async (request) => {
    asked.push(request);
    return { status: 200, headers: { etag: '"1"' }, body: { path } };
  },
});

interface Services {
  readonly large: string;
}

const routes: readonly FunctionRoute<Services>[] = [
  echo('GET', '/v1/prompts'),
  echo('POST', '/v1/prompts'),
  echo('GET', '/v1/prompts/{id}'),
  echo('DELETE', '/v1/prompts/{id}'),
  echo('POST', '/v1/prompts/{id}/versions'),
  { method: 'GET', path: '/v1/prompts/{id}/empty', handle: async () => ({ status: 204, body: undefined }) },
  {
    method: 'GET',
    path: '/v1/prompts/{id}/sized',
    handle: async ({ query }) => ({ status: 200, body: { text: (query['of'] ?? 'x').repeat(Number(query['times'])) } }),
  },
  {
    method: 'GET',
    path: '/v1/prompts/{id}/refused',
    handle: async () => {
      throw new GatewayError('prompt-conflict', 'It was changed meanwhile.', { param: 'etag' });
    },
  },
  {
    method: 'GET',
    path: '/v1/prompts/{id}/broken',
    handle: async () => {
      throw new TypeError('a secret: sk-very-secret');
    },
  },
  {
    method: 'GET',
    path: '/v1/prompts/{id}/slow',
    handle: ({ signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('gave up')))),
  },
];

const tasks: TaskEvent[] = [];
let lines: Record<string, unknown>[] = [];
let composed = 0;
let isComposable = true;

const handler = httpFunction<Services>({
  name: 'test-function',
  routes,
  compose: async () => {
    composed += 1;
    if (!isComposable) throw new Error('Secrets Manager is away');
    return { large: '' };
  },
  handleTask: async (event, _services, { remainingMs }) => {
    if (event['task'] === 'fail') throw new Error('not today');
    tasks.push(event);
    return { left: remainingMs() > 0 };
  },
});

const context = { awsRequestId: 'invocation', getRemainingTimeInMillis: () => 29_000 };

async function ask(request: AskedRequest) {
  return seenAnswer(await handler(albEvent({ headers: asMaster, ...request }), context));
}

beforeAll(() => {
  const env = {
    AWS_REGION: 'eu-west-1',
    DATABASE_URL: 'postgresql://u:p@127.0.0.1:9/none',
    LITELLM_MASTER_KEY: masterKey,
    CORS_ALLOWED_ORIGINS: page,
    // Powertools writes past the console otherwise.
    POWERTOOLS_DEV: 'true',
  };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  for (const name of ['info', 'warn', 'error'] as const) {
    vi.spyOn(console, name).mockImplementation((line: string) => void lines.push(JSON.parse(line)));
  }
});
afterAll(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});
beforeEach(() => {
  asked = [];
  lines = [];
});

describe('a request', () => {
  test('comes decoded to its route, with who is calling', async () => {
    const target = '/v1/prompts/a%2Fb%20c?search=x%26y+z&empty';
    const answer = await ask({ target, headers: { ...asMaster, 'X-Other': ['1', '2'] } });
    expect(answer).toMatchObject({ status: 200, json: { path: '/v1/prompts/{id}' } });
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json', etag: '"1"' });
    expect(asked).toMatchObject([
      {
        principal: { kind: 'master' },
        isAdministrator: true,
        isAuditor: true,
        params: { id: 'a/b c' },
        query: { search: 'x&y z', empty: '' },
        headers: { 'x-other': '1, 2' },
        body: undefined,
      },
    ]);
  });

  test.each([
    ['as text', '{"name":"ä"}', false],
    ['as base64', Buffer.from('{"name":"ä"}').toString('base64'), true],
  ])('has its JSON parsed, sent %s', async (_how, body, isBase64Encoded) => {
    expect((await ask({ method: 'POST', target: '/v1/prompts', body, isBase64Encoded })).status).toBe(200);
    expect(asked[0]?.body).toEqual({ name: 'ä' });
  });

  test('comes without multi-value headers too, and its answer has none then', async () => {
    const event = {
      httpMethod: 'GET',
      path: '/v1/prompts',
      headers: asMaster,
      queryStringParameters: { limit: '%31' },
    };
    const result = await handler(event, context);
    expect(result).toMatchObject({ statusCode: 200, headers: { 'content-type': 'application/json' } });
    expect(result).not.toHaveProperty('multiValueHeaders');
    expect(asked[0]?.query).toEqual({ limit: '1' });
  });

  test('cannot say of itself who sends it', async () => {
    const forged = { call: { caller: { principal: { kind: 'master' }, isAdministrator: true } }, jwt: { payload: {} } };
    const answer = seenAnswer(
      await handler({ ...albEvent({ target: '/v1/prompts' }), ...forged, pathParameters: { id: 'other' } }, context),
    );
    expect(answer.status).toBe(401);
    expect(asked).toEqual([]);
    await handler(
      { ...albEvent({ target: '/v1/prompts/a', headers: asMaster }), pathParameters: { id: 'other' } },
      context,
    );
    expect(asked[0]?.params).toEqual({ id: 'a' });
  });

  test('HEAD is GET without its body', async () => {
    expect(await ask({ method: 'HEAD', target: '/v1/prompts' })).toMatchObject({ status: 200, text: '' });
    expect(asked).toHaveLength(1);
  });

  test('an answer without a body has none', async () => {
    const answer = await ask({ target: '/v1/prompts/a/empty' });
    expect(answer).toMatchObject({ status: 204, text: '' });
    expect(answer.headers).not.toHaveProperty('content-type');
  });

  test.each([
    ['its own id', 'My_id-1', 'My_id-1'],
    ['a new one for what no id is', 'a b\u00e4', expect.stringMatching(/^[0-9a-f-]{36}$/)],
    ['a new one for what is too long', 'x'.repeat(129), expect.stringMatching(/^[0-9a-f-]{36}$/)],
  ])('is known by %s', async (_what, sent, known) => {
    const answer = await ask({ target: '/v1/prompts', headers: { ...asMaster, 'x-request-id': sent } });
    expect(answer.headers['x-request-id']).toEqual(known);
    expect(lines).toMatchObject([{ message: 'call', requestId: known }]);
  });
});

const body = (text: string) => ({ method: 'POST', target: '/v1/prompts', body: text });

describe('what is refused, and how', () => {
  test.each<[string, AskedRequest, number, string]>([
    ['no credential', { target: '/v1/prompts', headers: {} }, 401, 'invalid_api_key'],
    ['no credential on no route', { target: '/v1/prompts/a/b/c', headers: {} }, 401, 'invalid_api_key'],
    ['a credential that is no key', { target: '/v1/prompts', headers: { 'x-api-key': 'abc' } }, 401, 'invalid_api_key'],
    [
      'a key that cannot be looked up',
      { target: '/v1/prompts', headers: { 'x-api-key': 'sk-other' } },
      503,
      'identity_unavailable',
    ],
    ['no such route', { target: '/v1/prompts/a/b/c' }, 404, 'unknown_url'],
    ['another method', { method: 'PUT', target: '/v1/prompts/a' }, 405, 'method_not_allowed'],
    ['a method that nothing has', { method: 'TRACE', target: '/v1/prompts/a' }, 404, 'unknown_url'],
    ['a question of no page', { method: 'OPTIONS', target: '/v1/prompts' }, 405, 'method_not_allowed'],
    ['a doubled slash', { target: '/v1//prompts' }, 400, 'invalid_value'],
    ['a way up', { target: '/v1/prompts/../sessions' }, 400, 'invalid_value'],
    ['a way up as a name', { target: '/v1/prompts/..' }, 400, 'invalid_value'],
    ['a way up, encoded', { target: '/v1/prompts/%2e%2e' }, 400, 'invalid_value'],
    ['a way up behind an encoded slash', { target: '/v1/prompts/a%2f..%2fb' }, 400, 'invalid_value'],
    ['an encoded slash of no name', { target: '/v1/prompts%2fa' }, 400, 'invalid_value'],
    ['a backslash', { target: '/v1/prompts/a%5cb' }, 400, 'invalid_value'],
    ['a line break', { target: '/v1/prompts/a%0ab' }, 400, 'invalid_value'],
    ['a stray percent sign in the path', { target: '/v1/prompts/100%' }, 400, 'invalid_value'],
    ['a stray percent sign in the query', { target: '/v1/prompts?search=100%' }, 400, 'invalid_value'],
    ['a parameter twice', { target: '/v1/prompts?limit=1&limit=2' }, 400, 'invalid_value'],
    ['a parameter twice, once encoded', { target: '/v1/prompts?limit=1&%6cimit=2' }, 400, 'invalid_value'],
    ['no JSON', body('{"a":'), 400, 'invalid_json'],
    [
      'no UTF-8',
      { ...body(Buffer.from([0x22, 0xff, 0x22]).toString('base64')), isBase64Encoded: true },
      400,
      'invalid_json',
    ],
    ['JSON nested too deeply', body('['.repeat(200) + ']'.repeat(200)), 400, 'invalid_json'],
    [
      'JSON nested so deeply that recursion would end',
      body('['.repeat(400_000) + ']'.repeat(400_000)),
      400,
      'invalid_json',
    ],
    [
      'a compressed body',
      { ...body('abc'), headers: { ...asMaster, 'content-encoding': 'gzip' } },
      415,
      'unsupported_encoding',
    ],
    ['a body of more than 1 MB', body(JSON.stringify('x'.repeat(maxEventBytes))), 413, 'request_too_large'],
    ['what a route refuses', { target: '/v1/prompts/a/refused' }, 409, 'prompt_conflict'],
    ['what breaks', { target: '/v1/prompts/a/broken' }, 500, 'internal_error'],
  ])('%s', async (_what, request, status, code) => {
    const answer = await ask(request);
    expect(answer).toMatchObject({
      status,
      headers: { 'content-type': 'application/json', 'x-request-id': expect.any(String) },
      json: { error: { code, message: expect.any(String), type: expect.any(String) } },
    });
    expect(lines).toMatchObject([{ message: 'call', status, errorCode: expect.any(String) }]);
    expect(JSON.stringify([answer.text, lines])).not.toMatch(/sk-(?:very|other|master)/);
    expect(asked).toEqual([]);
  });

  test('another method is told which there are', async () => {
    const answer = await ask({ method: 'PUT', target: '/v1/prompts' });
    expect(answer.headers['allow']).toBe('GET, HEAD, POST');
  });

  test('an event that only looks like a request', async () => {
    const events = [{ httpMethod: 'GET' }, { httpMethod: 1, path: '/' }, { httpMethod: 'POST', path: '/', body: {} }];
    for (const event of events) {
      expect(await handler(event, context)).toMatchObject({ statusCode: 400 });
    }
  });

  test('a route that takes longer than Lambda gives it', async () => {
    const event = albEvent({ target: '/v1/prompts/a/slow', headers: asMaster });
    const result = await handler(event, { getRemainingTimeInMillis: () => 1_050 });
    expect(seenAnswer(result)).toMatchObject({ status: 504, json: { error: { code: 'upstream_timeout' } } });
  });
});

describe('the limits of a load balancer', () => {
  const sized = async (times: number, of = 'x') => {
    const event = albEvent({
      target: `/v1/prompts/a/sized?times=${times}&of=${encodeURIComponent(of)}`,
      headers: asMaster,
    });
    const result = await handler(event, context);
    return { bytes: Buffer.byteLength(JSON.stringify(result)), ...seenAnswer(result) };
  };

  test('a body of 1 MB comes in', async () => {
    const text = JSON.stringify('x'.repeat(maxEventBytes - 2));
    expect((await ask(body(text))).status).toBe(200);
    expect(asked[0]?.body).toHaveLength(maxEventBytes - 2);
  });

  test.each([
    ['plain letters', 'x'],
    ['quotes, which JSON in JSON makes four of', '"'],
    ['letters of several bytes', '語'],
    ['emoji', '😀'],
    ['control characters', '\u0001'],
  ])('a body of maxBodyBytes goes out: %s', async (_what, of) => {
    const times = Math.floor(
      (maxBodyBytes - '{"text":""}'.length) / Buffer.byteLength(JSON.stringify(of).slice(1, -1)),
    );
    const answer = await sized(times, of);
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({ text: of.repeat(times) });
    expect(answer.bytes).toBeLessThanOrEqual(maxEventBytes);
  });

  test('up to the last byte, and no byte more: what is larger is refused with a way out', async () => {
    const { bytes } = await sized(1_000_000);
    const most = 1_000_000 + maxEventBytes - bytes;
    expect(await sized(most)).toMatchObject({ status: 200, bytes: maxEventBytes });
    expect(await sized(most + 1)).toMatchObject({
      status: 413,
      json: { error: { code: 'answer_too_large', message: expect.stringContaining('page by page') } },
    });
  });
});

describe('pages of other origins', () => {
  const preflight = (origin: string) => ({
    method: 'OPTIONS',
    target: '/v1/prompts',
    headers: {
      origin,
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'authorization,if-match',
    },
  });

  test('may ask whether they may call, without a credential', async () => {
    const answer = await ask(preflight(page));
    expect(answer).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': page,
        'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
        'access-control-allow-headers': 'authorization, if-match',
        vary: 'origin',
      },
    });
    expect(asked).toEqual([]);
  });

  test('may read answers, and refusals', async () => {
    const answer = await ask({ target: '/v1/prompts', headers: { ...asMaster, origin: page } });
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': page, vary: 'origin' });
    expect(answer.headers['access-control-expose-headers']?.split(', ').toSorted()).toEqual(['etag', 'x-request-id']);
    const refused = await ask({ target: '/v1/prompts', headers: { origin: page } });
    expect(refused).toMatchObject({ status: 401, headers: { 'access-control-allow-origin': page } });
  });

  test('but for those that are not on the list', async () => {
    expect((await ask(preflight('https://evil.example'))).status).toBe(401);
    const answer = await ask({ target: '/v1/prompts', headers: { ...asMaster, origin: 'https://evil.example' } });
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    expect(answer.headers['vary']).toBe('origin');
  });
});

describe('events that are no requests', () => {
  test('go to the task', async () => {
    expect(await handler({ task: 'sweep', 'detail-type': 'x' }, context)).toEqual({ left: true });
    expect(tasks).toEqual([{ task: 'sweep', 'detail-type': 'x' }]);
    expect(lines).toMatchObject([{ message: 'task', operation: 'sweep', requestId: 'invocation', outcome: 'ok' }]);
  });

  test('reject as the task does, for Lambda to try again', async () => {
    await expect(handler({ task: 'fail' }, context)).rejects.toThrow('not today');
    expect(lines).toMatchObject([{ message: 'task', operation: 'fail', outcome: 'failed', level: 'ERROR' }]);
  });

  test('are refused where there is no task', async () => {
    const requestsOnly = httpFunction({ name: 'requests', routes: [], compose: async () => ({}) });
    await expect(requestsOnly({ task: 'sweep' }, context)).rejects.toThrow('requests of a load balancer alone');
  });
});

test('what cannot be composed is answered, and tried again at the next event', async () => {
  isComposable = false;
  const other = httpFunction<Services>({
    name: 'other',
    routes,
    compose: async () => {
      composed += 1;
      if (!isComposable) throw new Error('Secrets Manager is away');
      return { large: '' };
    },
  });
  composed = 0;
  const event = albEvent({ target: '/v1/prompts', headers: asMaster });
  expect(seenAnswer(await other(event, context))).toMatchObject({ status: 500 });
  expect(lines).toMatchObject([{ level: 'ERROR', error: expect.stringContaining('Secrets Manager is away') }]);
  isComposable = true;
  expect(seenAnswer(await other(event, context)).status).toBe(200);
  expect(seenAnswer(await other(event, context)).status).toBe(200);
  expect(composed).toBe(2);
});

test('a call is one line, with names and figures alone', async () => {
  await ask({ target: '/v1/prompts/private-name?search=private', headers: asMaster });
  expect(lines).toHaveLength(1);
  const [{ timestamp: _time, requestId: _id, principal, ...line } = {}] = lines;
  expect(line).toEqual({
    level: 'INFO',
    service: 'test-function',
    sampling_rate: 0,
    message: 'call',
    operation: 'GET /v1/prompts/{id}',
    outcome: 'ok',
    status: 200,
    isAdministrator: true,
    requestBytes: 0,
    responseBytes: expect.any(Number),
    durationMs: expect.any(Number),
  });
  expect(principal).toBe('master');
});
