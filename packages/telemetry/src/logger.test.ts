import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLogger, isoTime } from './logger.ts';
import { errorText } from './text.ts';

let folder = '';
let fd = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gateway-log-'));
  fd = openSync(join(folder, 'log'), 'w');
});
afterEach(() => {
  closeSync(fd);
  rmSync(folder, { recursive: true });
});

const lines = (): Record<string, unknown>[] =>
  readFileSync(join(folder, 'log'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('every line is written, in order, also in several batches', async () => {
  const { logger, close } = createLogger('info', fd);
  for (let n = 0; n < 5_000; n += 1) logger.info({ n }, 'line');
  await close();
  expect(lines().map((line) => line['n'])).toEqual(Array.from({ length: 5_000 }, (_, n) => n));
});

test('a dying process still writes what is left', () => {
  const { logger, writeRestNow } = createLogger('info', fd);
  logger.fatal('last words');
  writeRestNow();
  expect(lines()).toMatchObject([{ level: 'fatal', msg: 'last words' }]);
});

test('a line has level, time and message, undefined fields are left out, secrets are not written', async () => {
  const { logger, close } = createLogger('info', fd);
  logger.debug('not this one');
  logger.info({ a: 1, b: undefined, masterKey: 'sk-very-secret' }, 'hello');
  await close();
  const [line] = lines();
  expect(Object.keys(line ?? {})).toEqual(['level', 'time', 'a', 'masterKey', 'msg']);
  expect(line).toMatchObject({ level: 'info', a: 1, masterKey: '[redacted]', msg: 'hello' });
  expect(lines()).toHaveLength(1);
});

test('a line that is written without a look for secrets is the line of the logger', async () => {
  const { logger, writeLine, close } = createLogger('info', fd);
  const fields = { text: '"quoted"\n😀 \ud800', count: 1, flag: false, none: undefined, deep: { list: ['a', null] } };
  logger.warn(fields, 'a "call"');
  writeLine('warn', fields, 'a "call"');
  writeLine('debug', fields, 'not this one');
  writeLine('error', {}, 'nothing more');
  await close();
  const [first, second, third, ...others] = readFileSync(join(folder, 'log'), 'utf8').split('\n');
  const timeless = (line = '') => line.replace(/"time":"[^"]+"/, '');
  expect(timeless(second)).toBe(timeless(first));
  expect(timeless(third)).toBe('{"level":"error",,"msg":"nothing more"}');
  expect(others).toEqual(['']);
});

test('isoTime is Date.toISOString', () => {
  const start = Date.UTC(2026, 10, 23, 23, 59, 58, 997);
  for (const ms of [0, 1, 2, 3, 4, 1_002, 1_003, 86_400_000, 5]) {
    expect(isoTime(start + ms)).toBe(new Date(start + ms).toISOString());
  }
});

describe('errorText', () => {
  test.each([
    [
      'a chain of causes',
      new Error('a', { cause: new TypeError('b', { cause: 'c' }) }),
      'Error: a <- TypeError: b <- c',
    ],
    ['an error code', Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }), 'Error[ECONNREFUSED]: refused'],
    ['no key', new Error('key sk-abcdefgh is wrong'), 'Error: key [secret] is wrong'],
    ['no bearer', new Error('got Bearer eyJhbGciOi.x.y'), 'Error: got [secret]'],
    ['no password of a URL', new Error('postgresql://u:p@h/db failed'), 'Error: [secret]h/db failed'],
    ['no access key', new Error('AKIAIOSFODNN7EXAMPLE'), 'Error: [secret]'],
  ])('%s', (_name, error, expected) => {
    expect(errorText(error)).toBe(expected);
  });
});
