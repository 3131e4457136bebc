import { spawnSync } from 'node:child_process';
import { connect as connectHttp2 } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OwnGateway, startOwnGateway, untilReadiness } from './support/own-gateway.ts';
import { post, RawConnection } from './support/raw-http.ts';
import { requestsWith, uniqueWord } from './support/simulator.ts';
import { ALIAS, world } from './support/world.ts';

let gateway: OwnGateway;
beforeAll(async () => {
  gateway = await startOwnGateway();
  await untilReadiness(gateway.http, 200);
});
afterAll(() => gateway.kill());

/** About 35 MB of frames. */
const WORDS = 200_000;
/** What the kernel may hold on the two connections between model and reader, generously. */
const HELD_BY_KERNEL_BYTES = 16 * 1024 * 1024;
const prompt = (word: string) => `${word} [[sim words=${WORDS}]]`;
const path = `/bedrock/model/${ALIAS}/converse-stream`;
const body = (word: string) => JSON.stringify({ messages: [{ role: 'user', content: [{ text: prompt(word) }] }] });

const sentBytes = async (word: string) => (await requestsWith(word))[0]?.bytesSent ?? 0;
/** Resident memory of the gateway; `ps` has it on Linux and on macOS. */
const residentBytes = () =>
  Number(spawnSync('ps', ['-o', 'rss=', '-p', String(gateway.pid)], { encoding: 'utf8' }).stdout) * 1024;

/** Waits until the model has been held back: it sent something, and nothing more for a second. */
async function heldBack(word: string): Promise<number> {
  for (let [before, quietTimes, tries] = [-1, 0, 0]; tries < 60; tries += 1) {
    await sleep(250);
    const sent = await sentBytes(word);
    quietTimes = sent > 0 && sent === before ? quietTimes + 1 : 0;
    before = sent;
    if (quietTimes === 4) return sent;
  }
  throw new Error('The model was never held back.');
}

describe('a reader that pauses', () => {
  it('holds back the model, costs no memory, and gets the whole answer in the end, over HTTP/1.1', async () => {
    const word = uniqueWord();
    const rested = residentBytes();
    const connection = new RawConnection(gateway.http);
    connection.socket.pause();
    connection.write(post(path, world.keys.good, body(word)));
    expect(await heldBack(word)).toBeLessThan(HELD_BY_KERNEL_BYTES);
    expect(residentBytes() - rested).toBeLessThan(64 * 1024 * 1024);
    connection.socket.resume();
    const { text } = await connection.until('metadata', 50_000);
    expect(text.match(/contentBlockDelta/g)).toHaveLength(WORDS);
    connection.socket.destroy();
  });

  it('holds back the model over HTTP/2, and not the other streams of its connection', async () => {
    const word = uniqueWord();
    const session = connectHttp2(gateway.http);
    const open = (target: string) =>
      session.request({
        ':method': 'POST',
        ':path': target,
        authorization: `Bearer ${world.keys.good}`,
        'content-type': 'application/json',
      });
    try {
      const slow = open(path);
      slow.pause();
      slow.end(body(word));
      expect(await heldBack(word)).toBeLessThan(HELD_BY_KERNEL_BYTES);

      const other = open(`/bedrock/model/${ALIAS}/converse`);
      other.end(JSON.stringify({ messages: [{ role: 'user', content: [{ text: 'Hello.' }] }] }));
      let text = '';
      for await (const chunk of other) text += String(chunk);
      expect(text).toContain('end_turn');

      let events = 0;
      let rest = '';
      for await (const chunk of slow) {
        const seen: string = rest + (chunk as Buffer).toString('latin1');
        const parts = seen.split('contentBlockDelta');
        events += parts.length - 1;
        rest = parts.at(-1)?.slice(-20) ?? '';
      }
      expect(events).toBe(WORDS);
    } finally {
      session.destroy();
    }
  });
});
