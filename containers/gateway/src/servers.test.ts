import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listenCleartext, type RunningServer } from './servers.ts';

let server: RunningServer;
const sockets: Socket[] = [];
beforeEach(async () => {
  server = await listenCleartext(
    {
      handle: (request, response) => response.end(`${request.httpVersion} ${request.method} ${request.url}`),
      handleUpgrade: (request, socket) => socket.end(`upgrade ${request.url}`),
    },
    '127.0.0.1',
    0,
    { keepAliveTimeoutMs: 5_000 },
  );
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.stopAccepting();
  server.destroy();
});

/** Sends pieces with a pause between, each in a packet of its own; gives what came back once `expected` is in it. */
async function talk(pieces: readonly (string | Buffer)[], expected: string): Promise<string> {
  const socket = connect({ port: server.port, host: '127.0.0.1', noDelay: true });
  sockets.push(socket);
  let answer = '';
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString('latin1');
  });
  for (const piece of pieces) {
    socket.write(piece);
    await sleep(5);
  }
  for (let waited = 0; waited < 3_000 && !answer.includes(expected); waited += 5) await sleep(5);
  return answer;
}

const post = 'POST /here HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n';
/** The preface of HTTP/2 and an empty SETTINGS frame. */
const preface = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
]);
const SETTINGS_ACK = Buffer.from([0, 0, 0, 4, 1, 0, 0, 0, 0]).toString('latin1');

test.each([
  ['in one piece', [post]],
  ['with its first byte alone', ['P', post.slice(1)]],
  ['with its first two bytes apart', ['P', 'O', post.slice(2)]],
  ['byte by byte', [...post]],
])('an HTTP/1.1 request %s', async (_name, pieces) => {
  expect(await talk(pieces, '1.1 POST /here')).toContain('1.1 POST /here');
});

test.each([
  ['in one piece', [preface]],
  ['with its first byte alone', [preface.subarray(0, 1), preface.subarray(1)]],
  ['byte by byte', Array.from(preface, (byte) => Buffer.from([byte]))],
])('an HTTP/2 preface %s', async (_name, pieces) => {
  expect(await talk(pieces, SETTINGS_ACK)).toContain(SETTINGS_ACK);
});

test('a connection that has sent one byte does not hold up the others', async () => {
  for (let i = 0; i < 5; i += 1) {
    const socket = connect({ port: server.port, host: '127.0.0.1' });
    sockets.push(socket);
    socket.write('P');
  }
  await sleep(20);
  const before = process.cpuUsage();
  await sleep(200);
  const used = process.cpuUsage(before);
  expect(await talk([post], '1.1 POST')).toContain('1.1 POST /here');
  // Not a measure of speed: a server that spins on them burns all of the 200 ms.
  expect(used.user + used.system).toBeLessThan(150_000);
});

test('both versions are served on the port at the same time', async () => {
  const session = connectHttp2(`http://127.0.0.1:${server.port}`);
  const stream = session.request({ ':method': 'GET', ':path': '/two' });
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  session.close();
  expect(text).toBe('2.0 GET /two');
  expect(await (await fetch(`http://127.0.0.1:${server.port}/one`)).text()).toBe('1.1 GET /one');
});

const upgrade = (protocol: string): string =>
  `GET /v1/realtime HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: ${protocol}\r\nHTTP2-Settings: AAMAAABk\r\n\r\n`;

test('an offer to become a WebSocket is taken', async () => {
  expect(await talk([upgrade('websocket')], 'upgrade')).toBe('upgrade /v1/realtime');
});

test('an offer that no WebSocket begins with is answered as if it had not been made', async () => {
  const offer = upgrade('websocket').replace('GET', 'POST').replace('\r\n\r\n', '\r\nContent-Length: 0\r\n\r\n');
  expect(await talk([offer], '1.1 POST')).toContain('1.1 POST /v1/realtime');
});

test('an offer to change to HTTP/2 is answered as if it had not been made', async () => {
  expect(await talk([upgrade('h2c')], '1.1 GET')).toContain('1.1 GET /v1/realtime');
});
