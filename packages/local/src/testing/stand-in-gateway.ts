// A process that keeps the launcher's contract with the gateway and does nothing else, so that the
// launcher is tested apart from it: it serves, says so by IPC, and ends with its channel.

import { readFileSync, writeSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';

const { env } = process;
if (env['LOG_LEVEL'] === 'die-at-start') {
  writeSync(2, 'stand-in: cannot start\n');
  process.exit(7);
}

const answer = (request: IncomingMessage, response: ServerResponse) => {
  if (request.url === '/die') process.exit(3);
  response.end(request.url === '/env' ? JSON.stringify(env) : 'ok');
};
const host = env['GATEWAY_HOST'] ?? '127.0.0.1';
const cert = readFileSync(env['GATEWAY_TLS_CERT_FILE'] ?? '');
const key = readFileSync(env['GATEWAY_TLS_KEY_FILE'] ?? '');
const httpPort = await listen(createServer(answer), Number(env['GATEWAY_PORT']));
const tlsPort = await listen(createTlsServer({ cert, key }, answer), Number(env['GATEWAY_TLS_PORT']));
process.on('SIGTERM', () => process.exit(0));
process.on('disconnect', () => process.exit(0));
process.send?.({ type: 'listening', httpPort, tlsPort });

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}
