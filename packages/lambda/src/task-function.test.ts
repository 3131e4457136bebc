import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { taskFunction } from './task-function.ts';

let lines: Record<string, unknown>[] = [];

beforeEach(() => {
  lines = [];
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('ARCHIVE_BUCKET', '');
  vi.stubEnv('DATABASE_URL', '');
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  for (const name of ['info', 'warn', 'error'] as const) {
    vi.spyOn(console, name).mockImplementation((line: string) => void lines.push(JSON.parse(line)));
  }
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test('a task needs no database, and an empty variable is none', async () => {
  const seen: unknown[] = [];
  const handler = taskFunction({
    name: 'compaction',
    compose: async ({ env, region }) => ({ bucket: env['ARCHIVE_BUCKET'], region }),
    handle: async (event, services, { requestId }) => {
      seen.push(event, services);
      return { requestId };
    },
  });
  expect(await handler({ task: 'compact' }, { awsRequestId: 'r1' })).toEqual({ requestId: 'r1' });
  expect(seen).toEqual([{ task: 'compact' }, { bucket: undefined, region: 'eu-west-1' }]);
  expect(lines).toMatchObject([{ message: 'task', service: 'compaction', operation: 'compact', outcome: 'ok' }]);
});

test('what composes is asked once, and again after it failed', async () => {
  let composed = 0;
  const handler = taskFunction({
    name: 'rotation',
    compose: async () => {
      composed += 1;
      if (composed === 1) throw new Error('not yet');
      return {};
    },
    handle: async () => 'done',
  });
  const rotation = { SecretId: 'arn:secret', Step: 'createSecret' };
  await expect(handler(rotation, {})).rejects.toThrow('not yet');
  expect(await handler(rotation, {})).toBe('done');
  expect(await handler(rotation, {})).toBe('done');
  expect(composed).toBe(2);
  expect(lines.map(({ operation, outcome }) => `${operation} ${outcome}`)).toEqual([
    'createSecret failed',
    'createSecret ok',
    'createSecret ok',
  ]);
});

test('a task is told a second before its end', async () => {
  const handler = taskFunction({
    name: 'slow',
    compose: async () => ({}),
    handle: (_event, _services, { signal, remainingMs }) => {
      expect(remainingMs()).toBe(20);
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    },
  });
  await expect(handler({ task: 'sleep' }, { getRemainingTimeInMillis: () => 1_020 })).rejects.toThrow(
    'end of its time',
  );
});

test.each([['text'], [null], [7]])('an event that is no object is refused: %j', async (event) => {
  const handler = taskFunction({ name: 'strict', compose: async () => ({}), handle: async () => 'done' });
  await expect(handler(event, {})).rejects.toThrow('no JSON object');
});

test('a name of a task that could be anything does not reach the log', async () => {
  const handler = taskFunction({ name: 'strict', compose: async () => ({}), handle: async () => 'done' });
  await handler({ task: 'sk-secret key' }, {});
  expect(lines).toMatchObject([{ operation: 'unknown' }]);
});

test('without a region it says what is missing', async () => {
  vi.stubEnv('AWS_REGION', '');
  const handler = taskFunction({ name: 'nowhere', compose: async () => ({}), handle: async () => 'done' });
  await expect(handler({ task: 'x' }, {})).rejects.toThrow('AWS_REGION is not set');
});
