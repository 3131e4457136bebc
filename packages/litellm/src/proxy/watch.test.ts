import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { supportedLitellmVersion } from './version.ts';
import { LitellmWatch } from './watch.ts';

let server: Server | undefined;
let watch: LitellmWatch | undefined;
afterEach(() => {
  watch?.close();
  server?.closeAllConnections();
  server?.close();
});

/** Something on a port that answers as LiteLLM does where the watch asks. */
async function litellm(version: string, port = 0): Promise<number> {
  server = createServer((request, response) => {
    response.end(request.url === '/public/model_hub/info' ? JSON.stringify({ litellm_version: version }) : '"alive"');
  });
  await new Promise<void>((listening) => server?.listen(port, '127.0.0.1', listening));
  return (server.address() as AddressInfo).port;
}

async function until(kind: string): Promise<void> {
  for (let waited = 0; waited < 8_000 && watch?.state().kind !== kind; waited += 20) await sleep(20);
  expect(watch?.state().kind).toBe(kind);
}

const lines: string[] = [];
const watched = (port: number): LitellmWatch =>
  new LitellmWatch({ url: `http://127.0.0.1:${port}/`, log: (line) => lines.push(line) });

test('LiteLLM is seen to come, to go and to come back', async () => {
  const port = await litellm(supportedLitellmVersion);
  watch = watched(port);
  expect(watch.state()).toEqual({ kind: 'starting' });
  await until('ready');
  server?.closeAllConnections();
  server?.close();
  await until('unreachable');
  await litellm(supportedLitellmVersion, port);
  await until('ready');
  expect(lines).toEqual(['LiteLLM is ready', 'LiteLLM is unreachable', 'LiteLLM is ready']);
}, 20_000);

test('another version is refused by name, and taken when it has been replaced', async () => {
  const port = await litellm('1.99.0');
  watch = watched(port);
  await until('wrong-version');
  expect(watch.state()).toMatchObject({ message: expect.stringMatching(/1\.99\.0 .*1\.106\.2/) });
  server?.closeAllConnections();
  server?.close();
  await litellm(supportedLitellmVersion, port);
  await until('ready');
}, 20_000);
