import { setTimeout as sleep } from 'node:timers/promises';
import { ManagementNews, type RedisSubscription, watchKeyInvalidation } from '@genai-gateway/litellm';
import { afterEach, expect, test } from 'vitest';
import { testRedis } from './testing/test-redis.ts';

const redis = testRedis();

let open: (ManagementNews | RedisSubscription)[] = [];

afterEach(async () => {
  for (const each of open) await each.close();
  open = [];
});

/** A replica: what it was told of keys, and its way to tell. */
function replica(url: string | undefined, namespace?: string) {
  const heard: (string | undefined)[] = [];
  const lines: string[] = [];
  const options = {
    onInvalidate: (each: string | undefined) => heard.push(each),
    log: (line: string) => lines.push(line),
    ...(namespace === undefined ? {} : { namespace }),
  };
  const news = new ManagementNews({ redis: url === undefined ? undefined : { url }, ...options });
  open.push(news);
  if (url !== undefined) open.push(watchKeyInvalidation({ url, ...options }));
  return { heard, lines, news };
}

const HASH = 'a'.repeat(64);

// No Redis program for this machine, and none to be had: said by name, not passed over in silence.
const withRedis = (name: string, run: (url: string) => Promise<void>) =>
  test(name, async (context) => {
    if (redis.url === undefined) context.skip(redis.label);
    else await run(redis.url);
  });

withRedis('a changed key is told to this replica at once and to the others', async (url) => {
  const [here, there] = [replica(url), replica(url)];
  await expect.poll(() => [here.heard, there.heard]).toEqual([[undefined], [undefined]]);
  here.news.tell({ keys: [HASH] });
  expect(here.heard).toEqual([undefined, HASH]);
  await expect.poll(() => there.heard).toEqual([undefined, HASH]);
});

withRedis('a change of any key too; many at once are told here each, and to the others first and last', async (url) => {
  const [here, there] = [replica(url), replica(url)];
  await expect.poll(() => [here.heard.length, there.heard.length]).toEqual([1, 1]);
  for (let count = 0; count < 100; count += 1) here.news.tell({ keys: 'any' });
  expect(here.heard.length).toBeGreaterThanOrEqual(101);
  await expect.poll(() => there.heard.length).toBe(3);
  await sleep(600);
  expect(there.heard).toEqual([undefined, undefined, undefined]);
});

withRedis('a namespace is in front of both channels', async (url) => {
  const [here, other] = [replica(url, 'mine'), replica(url)];
  const near = replica(url, 'mine');
  await expect.poll(() => [here.heard.length, near.heard.length, other.heard.length]).toEqual([1, 1, 1]);
  here.news.tell({ keys: 'any' });
  here.news.tell({ keys: [HASH] });
  await expect.poll(() => near.heard).toEqual([undefined, undefined, HASH]);
  expect(other.heard).toEqual([undefined]);
});

test('without Redis this replica is told', () => {
  const { heard, news } = replica(undefined);
  news.tell({ keys: [HASH] });
  news.tell({ keys: 'any' });
  expect(heard).toEqual([HASH, undefined]);
});

test('with a Redis that is down this replica is told, nothing is thrown and one line is said', async () => {
  const heard: (string | undefined)[] = [];
  const lines: string[] = [];
  const url = 'redis://:hidden-word@127.0.0.1:9';
  const news = new ManagementNews({
    redis: { url },
    onInvalidate: (each) => heard.push(each),
    log: (line) => lines.push(line),
  });
  open.push(news);
  for (let count = 0; count < 3; count += 1) {
    news.tell({ keys: [HASH] });
    await sleep(200);
  }
  expect(heard).toEqual([HASH, HASH, HASH]);
  await expect.poll(() => lines.length).toBe(1);
  expect(lines[0]).not.toContain('hidden-word');
});
