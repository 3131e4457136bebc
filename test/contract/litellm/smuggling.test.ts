import { describe, expect, it } from 'vitest';
import { ask } from '../support/litellm.ts';
import { exchange, post, RawConnection } from '../support/raw-http.ts';
import { at } from '../support/reply.ts';
import { uniqueWord } from '../support/simulator.ts';
import { world } from '../support/world.ts';

describe.skipIf(world.litellm === undefined)('a request in a request', () => {
  /** What would be executed were it taken for a request: a key with this alias would be there. */
  const smuggled = (alias: string) =>
    post('/key/generate', world.masterKey, JSON.stringify({ key_alias: alias }), ['Connection: close']);
  const isMade = async (alias: string) =>
    (at((await ask(`/key/list?key_alias=${alias}&size=10`, { key: world.masterKey })).json, 'keys') as unknown[])
      .length > 0;
  const start = (path: string, key: string) =>
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\n`;

  it.each([
    [
      'Content-Length and Transfer-Encoding',
      (inner: string) => `Content-Length: ${inner.length + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inner}`,
    ],
    [
      'Transfer-Encoding and Content-Length',
      (inner: string) => `Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${inner}`,
    ],
    ['two lengths', (inner: string) => `Content-Length: 2\r\nContent-Length: ${inner.length + 2}\r\n\r\n{}${inner}`],
    ['an unknown encoding', (inner: string) => `Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${inner}`],
    ['a blank before the colon', (inner: string) => `Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${inner}`],
    [
      'a folded header',
      (inner: string) => `Transfer-Encoding:\r\n chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${inner}`,
    ],
    ['a bare line feed', (inner: string) => `X-A: b\nContent-Length: 0\r\n\r\n${inner}`],
    ['a size of a chunk that is none', (inner: string) => `Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n${inner}`],
  ])('is refused, and the connection closed: %s', async (_what, attack) => {
    for (const path of ['/v1/embeddings', '/v1/files', '/key/info', '/team/list']) {
      const alias = uniqueWord();
      const { statuses, closed } = await exchange(world.http, start(path, world.keys.good) + attack(smuggled(alias)));
      expect([path, statuses, closed]).toEqual([path, [400], true]);
      expect(await isMade(alias)).toBe(false);
    }
  });

  it('in a body stays a part of the body, however it is cut', async () => {
    for (const path of ['/v1/embeddings', '/v1/files', '/team/list']) {
      const alias = uniqueWord();
      const inner = smuggled(alias);
      const chunks = [inner.slice(0, 7), inner.slice(7)].map(
        (each) => `${each.length.toString(16)};x="\r"\r\n${each}\r\n`,
      );
      const plain = [inner.slice(0, 7), inner.slice(7)].map((each) => `${each.length.toString(16)}\r\n${each}\r\n`);
      for (const body of [chunks, plain]) {
        const head = `${start(path, world.keys.good)}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n`;
        const { statuses } = await exchange(world.http, `${head}${body.join('')}0\r\n\r\n`);
        expect(statuses).toHaveLength(1);
        expect(statuses[0]).toBeGreaterThanOrEqual(400);
      }
      expect(await isMade(alias)).toBe(false);
    }
  });

  it('after an early answer is not taken for the next one', async () => {
    // Refused before its body has come: what follows is still its body.
    const alias = uniqueWord();
    const inner = smuggled(alias);
    const head = `${start('/v1/files', 'sk-unknown')}Content-Length: ${inner.length + 100_000}\r\n\r\n`;
    const connection = new RawConnection(world.http);
    connection.write(head);
    await connection.until('401');
    connection.write(inner);
    const { statuses } = await connection.untilClosed(3_000);
    expect(statuses).toEqual([401]);
    expect(await isMade(alias)).toBe(false);
  });
});
