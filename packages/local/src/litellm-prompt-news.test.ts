import { PromptNews, promptChannel, type RedisSubscription, watchPromptNews } from '@genai-gateway/litellm';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, test } from 'vitest';
import { testRedis } from './testing/test-redis.ts';

const redis = testRedis();
const arn = 'arn:aws:bedrock:us-east-1:123456789012:prompt/ABCDEFGHIJ';
let open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of open) await each.close();
  open = [];
});

function watch(url: string) {
  const heard: (string | undefined)[] = [];
  const lines: string[] = [];
  const watching: RedisSubscription = watchPromptNews({
    url,
    onChange: (each) => heard.push(each),
    log: (line) => lines.push(line),
  });
  open.push(watching);
  return { heard, lines };
}

function newsAt(url: string) {
  const failures: string[] = [];
  const news = new PromptNews({ url, timeoutMs: 200, onFailure: ({ message }) => failures.push(message) });
  return { news, failures };
}

describe('news of prompts', () => {
  // No Redis program for this machine, and none to be had: said by name, not passed over in silence.
  const withRedis = (name: string, run: (url: string) => Promise<void>) =>
    test(name, async (context) => {
      if (redis.url === undefined) return context.skip(redis.label);
      await run(redis.url);
    });

  withRedis('reach every replica; a connection begins with all prompts', async (url) => {
    const replicas = [watch(url), watch(url)];
    for (const { heard } of replicas) await expect.poll(() => heard).toEqual([undefined]);
    const { news, failures } = newsAt(url);
    await news.tell(arn);
    for (const { heard, lines } of replicas) {
      await expect.poll(() => heard).toEqual([undefined, arn]);
      expect(lines).toEqual([]);
    }
    expect(failures).toEqual([]);
  });

  withRedis('that name no prompt mean any', async (url) => {
    const { heard } = watch(url);
    await expect.poll(() => heard).toEqual([undefined]);
    const client = new Redis(url);
    for (const message of ['{}', 'no JSON', '{"arn": 5}', 'null']) await client.publish(promptChannel, message);
    client.disconnect();
    await expect.poll(() => heard).toEqual(Array.from({ length: 5 }, () => undefined));
  });

  test('that nobody can be told are told to the log, and hold nobody up', async () => {
    const { news, failures } = newsAt('redis://127.0.0.1:1');
    await news.tell(arn);
    expect(failures).toHaveLength(1);
    const { heard, lines } = watch('redis://127.0.0.1:1');
    await expect.poll(() => lines).toEqual([expect.stringContaining('News of managed prompts cannot reach Redis')]);
    expect(heard).toEqual([]);
  });
});
