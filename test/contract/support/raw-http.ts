import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { world } from './world.ts';

/** What came back over a connection on which a test wrote its own bytes. */
export interface RawAnswer {
  readonly text: string;
  /** Statuses in the order of the answers: a smuggled request would add one. */
  readonly statuses: readonly number[];
  /** Whether the server closed the connection by itself. */
  readonly closed: boolean;
}

/** A connection that speaks whatever the test writes. */
export class RawConnection {
  readonly socket: Socket;
  #text = '';
  #closed = false;

  constructor(address: string) {
    this.socket = connect({ host: '127.0.0.1', port: Number(new URL(address).port) });
    this.socket.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString('latin1');
    });
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => {
      this.#closed = true;
    });
  }

  write(bytes: string | Uint8Array): void {
    this.socket.write(bytes);
  }

  /** Writes, and waits until everything has left this process or the connection has failed. */
  written(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => this.socket.write(bytes, () => resolve()));
  }

  get answer(): RawAnswer {
    const statuses = [...this.#text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
    return { text: this.#text, statuses, closed: this.#closed };
  }

  /** Waits until the server has closed the connection; gives what it said, or what it said in `withinMs`. */
  async untilClosed(withinMs = 5_000): Promise<RawAnswer> {
    const deadline = Date.now() + withinMs;
    while (!this.#closed && Date.now() < deadline) await sleep(10);
    this.socket.destroy();
    return this.answer;
  }

  /** Waits until what was said so far holds a text. */
  async until(part: string | RegExp, withinMs = 10_000): Promise<RawAnswer> {
    const found = () => (typeof part === 'string' ? this.#text.includes(part) : part.test(this.#text));
    const deadline = Date.now() + withinMs;
    while (!found()) {
      if (this.#closed || Date.now() > deadline)
        throw new Error(`Not said: ${part}. Said: ${this.#text.slice(0, 500)}`);
      await sleep(10);
    }
    return this.answer;
  }
}

/** Writes bytes on a new connection and waits for its end. */
export function exchange(address: string, bytes: string | Uint8Array, withinMs?: number): Promise<RawAnswer> {
  const connection = new RawConnection(address);
  connection.write(bytes);
  return connection.untilClosed(withinMs);
}

/** The text of a request with a body, as HTTP/1.1. */
export function post(path: string, key: string, body: string, headers: readonly string[] = []): string {
  const head = [
    `POST ${path} HTTP/1.1`,
    'Host: localhost',
    `Authorization: Bearer ${key}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

/** Everything that comes over one connection until a text of its end, for a request with the good key. */
export async function rawStream(address: string, path: string, body: object, end: string): Promise<string> {
  const connection = new RawConnection(address);
  connection.write(post(path, world.keys.good, JSON.stringify(body)));
  const { text } = await connection.until(end, 30_000);
  connection.socket.destroy();
  return text;
}
