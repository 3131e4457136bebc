import { readFileSync } from 'node:fs';
import type { ProviderRequest } from '@genai-gateway/simulators';
import { vi } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { at } from '../../support/reply.ts';
import { litellmWorld, world } from '../../support/world.ts';

export interface Opening {
  /** Default: that of `gpt-realtime`. */
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
  readonly tls?: boolean;
}

/** Dials the gateway, or another address. Without headers and protocols it has no key. */
export function dial({ target = '/v1/realtime?model=gpt-realtime', ...opening }: Opening, http?: string): WebSocket {
  const { headers = {}, protocols = [], tls = false } = opening;
  const address = http ?? (tls ? world.https : world.http);
  const options: ClientOptions = { headers, ...(tls ? { ca: readFileSync(world.ca) } : {}) };
  const socket = new WebSocket(address.replace('http', 'ws') + target, [...protocols], options);
  socket.on('error', () => undefined);
  return socket;
}

/** Status of the answer to a dial; 101 when it was not refused. */
export async function statusOf(socket: WebSocket): Promise<number> {
  const status = await new Promise<number>((resolve, reject) => {
    socket.once('open', () => resolve(101));
    socket.once('unexpected-response', (_request, { statusCode = 0 }) => resolve(statusCode));
    socket.once('close', () => reject(new Error('The connection was closed without an answer.')));
  });
  socket.terminate();
  return status;
}

/** A conversation under way. */
export interface Talk {
  readonly socket: WebSocket;
  readonly events: readonly unknown[];
  /** The last event of a type, once there is one. */
  until(type: string): Promise<unknown>;
  /** Says something, and gives what the model says to it, once that is complete. */
  say(text: string): Promise<string>;
}

/** Opens a conversation, and waits for the model's first event. */
export async function talk(
  opening: Opening = { headers: { authorization: `Bearer ${world.keys.good}` } },
): Promise<Talk> {
  const socket = dial(opening);
  const events: unknown[] = [];
  socket.on('message', (data) => events.push(JSON.parse(String(data))));
  const until = (type: string, since = 0) =>
    vi.waitFor(
      () => {
        const found = events.slice(since).findLast((event) => at(event, 'type') === type);
        if (found === undefined) throw new Error(`No ${type} among ${events.map((event) => at(event, 'type'))}`);
        return found;
      },
      { timeout: 20_000, interval: 10 },
    );
  const say = async (text: string) => {
    const before = events.length;
    const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text }] };
    socket.send(JSON.stringify({ type: 'conversation.item.create', item }));
    socket.send(JSON.stringify({ type: 'response.create' }));
    return String(at(await until('response.done', before), 'response', 'output', 0, 'content', 0, 'text'));
  };
  await until('session.created');
  return { socket, events, until, say };
}

/** What the simulated provider knows of the conversation in which this was said. */
export async function heard(text: string): Promise<ProviderRequest | undefined> {
  const reply = await fetch(`${litellmWorld().openai}/_simulator/requests`);
  const requests = (await reply.json()) as ProviderRequest[];
  return requests.find(({ path, body }) => path === '/v1/realtime' && JSON.stringify(body).includes(text));
}
