import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FollowedSecret, type StoredVersion } from './followed-secret.ts';

let newest: StoredVersion<string> | Error;
let previous: StoredVersion<string> | Error | undefined;
let reads = 0;
/** How long a reading takes. */
let slowMs = 0;
let lines: string[] = [];
let secret: FollowedSecret<string>;

const answer = async <Value>(value: Value | Error): Promise<Value> => {
  if (slowMs > 0) await new Promise((resolve) => setTimeout(resolve, slowMs).unref());
  if (value instanceof Error) throw value;
  return value;
};
const stored = (id: string, createdMs = 1_000): StoredVersion<string> => ({ id, value: `value-${id}`, createdMs });
const open = () =>
  FollowedSecret.open(
    {
      name: 'database',
      readNewest: () => {
        reads += 1;
        return answer(newest);
      },
      readPrevious: () => answer(previous),
      refreshMs: 60_000,
      now: () => Date.now(),
      log: (line) => lines.push(line),
    },
    new AbortController().signal,
  );
const values = () => secret.versions().map(({ value }) => value);

beforeEach(async () => {
  vi.useFakeTimers({ now: 1_000_000, toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
  [newest, previous, reads, slowMs, lines] = [stored('a'), undefined, 0, 0, []];
  secret = await open();
  await vi.advanceTimersByTimeAsync(2_000);
  reads = 0;
});
afterEach(() => {
  secret.close();
  vi.useRealTimers();
});

test('one that never changed has one value, and it is read on a timer with some chance in it', async () => {
  expect(secret.versions()).toEqual([{ value: 'value-a', sinceMs: 1_000 }]);
  const same = secret.versions();
  await vi.advanceTimersByTimeAsync(51_000);
  expect(reads).toBe(0);
  await vi.advanceTimersByTimeAsync(14_000);
  expect(reads).toBe(1);
  expect(secret.versions()).toBe(same);
});

test('a new value is first, the one before it second, and new since it was seen', async () => {
  [newest, previous] = [stored('b', 5_000), stored('a')];
  await secret.refresh();
  expect(secret.versions()).toEqual([
    { value: 'value-b', sinceMs: Date.now() },
    { value: 'value-a', sinceMs: 1_000 },
  ]);
  expect(lines).toEqual(['The secret database has a new value, which is used from now on.']);
});

test('a process that starts in between knows both', async () => {
  [newest, previous] = [stored('b', 5_000), stored('a')];
  secret.close();
  secret = await open();
  expect(values()).toEqual(['value-b', 'value-a']);
  expect(secret.versions()[0].sinceMs).toBe(5_000);
});

test('all who were refused share one reading, which begins a second after the last at the earliest', async () => {
  await Promise.all([secret.refresh(), secret.refresh(), secret.refresh()]);
  expect(reads).toBe(1);
  const again = Promise.all([secret.refresh(), secret.refresh()]);
  await vi.advanceTimersByTimeAsync(900);
  expect(reads).toBe(1);
  newest = stored('b');
  await vi.advanceTimersByTimeAsync(200);
  await again;
  expect(reads).toBe(2);
  expect(values()).toEqual(['value-b', 'value-a']);
});

test('who was refused while it was being read has it read once more: what is being read may be what was refused', async () => {
  slowMs = 100;
  const before = secret.refresh();
  await vi.advanceTimersByTimeAsync(50);
  newest = stored('b');
  const refused = secret.refresh();
  await vi.advanceTimersByTimeAsync(200);
  await before;
  expect(values()).toEqual(['value-a']);
  await vi.advanceTimersByTimeAsync(2_000);
  await refused;
  expect(reads).toBe(2);
  expect(values()).toEqual(['value-b', 'value-a']);
});

test('while the store fails the last value holds, which is told once, and so is its end', async () => {
  newest = new Error('Throttled');
  await secret.refresh();
  await vi.advanceTimersByTimeAsync(130_000);
  expect(reads).toBeGreaterThan(1);
  expect(values()).toEqual(['value-a']);
  newest = stored('a');
  await vi.advanceTimersByTimeAsync(70_000);
  expect(lines).toEqual([
    'The secret database cannot be read (Throttled). What was read before is used until then.',
    'The secret database can be read again.',
  ]);
});

test('nobody waits longer than two seconds for a store that does not answer', async () => {
  vi.useRealTimers();
  secret.close();
  secret = await open();
  slowMs = 3_600_000;
  await secret.refresh();
  expect(values()).toEqual(['value-a']);
  expect(lines).toHaveLength(1);
});

test('where the one before cannot be read, it is the one that was read here; and it is asked for again', async () => {
  [newest, previous] = [stored('b'), new Error('down')];
  await secret.refresh();
  expect(values()).toEqual(['value-b', 'value-a']);
  previous = stored('other');
  await vi.advanceTimersByTimeAsync(70_000);
  expect(values()).toEqual(['value-b', 'value-other']);
});

test('a first reading that fails is the caller’s', async () => {
  newest = new Error('denied');
  await expect(open()).rejects.toThrow('denied');
});

test('a closed one reads no more', async () => {
  secret.close();
  await vi.advanceTimersByTimeAsync(200_000);
  await secret.refresh();
  expect(reads).toBe(0);
});
