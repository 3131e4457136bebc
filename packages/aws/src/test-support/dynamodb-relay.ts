import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What becomes of one call: it goes on, its answer is lost, it is never answered, or it is answered with something else. */
export type Fate =
  | 'pass'
  | 'lose-answer'
  | 'refuse'
  | 'silence'
  | { readonly status: number; readonly body: object }
  | ((response: ServerResponse) => void);

/** A DynamoDB with faults: a relay before a real one, which counts the calls and decides what becomes of each. */
export interface DynamodbRelay {
  readonly endpoint: string;
  /** The operations that were asked for since the last time, in their order, such as `PutItem`. */
  calls(): readonly string[];
  /** What becomes of the calls from now on; `body` is the SDK's input on the wire. */
  decide(fate: (operation: string, body: string) => Fate | Promise<Fate>): void;
  close(): Promise<void>;
}

export async function startRelay(target: string): Promise<DynamodbRelay> {
  let decide: (operation: string, body: string) => Fate | Promise<Fate> = () => 'pass';
  let calls: string[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    const body = await buffer(request);
    calls.push(operation);
    const fate = await decide(operation, body.toString());
    if (fate === 'silence') return;
    if (fate === 'refuse') return void request.socket.destroy();
    if (typeof fate === 'function') return fate(response);
    if (typeof fate === 'object') {
      response.writeHead(fate.status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(fate.body));
      return;
    }
    const headers = new Headers();
    for (const name of ['authorization', 'x-amz-target', 'x-amz-date', 'content-type']) {
      headers.set(name, String(request.headers[name]));
    }
    const answer = await fetch(target, { method: 'POST', headers, body });
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (fate === 'lose-answer') request.socket.destroy();
    else response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' }).end(bytes);
  };
  const server = createServer(
    (request, response) => void serve(request, response).catch(() => request.socket.destroy()),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: () => {
      const since = calls;
      calls = [];
      return since;
    },
    decide: (fate) => {
      decide = fate;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** An answer of DynamoDB's that refuses a call. */
export function dynamodbError(name: string): Fate {
  return {
    status: 400,
    body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: `${name} at table secret` },
  };
}
