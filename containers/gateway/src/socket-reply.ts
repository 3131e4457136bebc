import type { Socket } from 'node:net';
import type { GatewayError } from '@genai-gateway/core';
import { errorAnswer } from '@genai-gateway/dialects';
import type { Reply, ReplyHeaders } from '@genai-gateway/pipeline';

/**
 * `Reply` on a connection that asks to become a WebSocket: a whole HTTP answer while it has not become
 * one, and nothing but its end afterwards.
 */
export class SocketReply implements Reply {
  readonly #socket: Socket;
  readonly #requestId: string;
  started = false;
  status = 0;

  constructor(socket: Socket, requestId: string) {
    this.#socket = socket;
    this.#requestId = requestId;
  }

  get bytesSent(): number {
    return this.#socket.bytesWritten;
  }

  /** No account is opened for what LiteLLM serves, so there is nothing to announce. */
  announce(): void {}

  /** Answers 101 with these headers; from then on the connection belongs to the two ends. */
  start(status: number, headers: ReplyHeaders): void {
    this.started = true;
    this.status = status;
    const lines = Object.entries({ ...headers, 'x-request-id': this.#requestId }).map(
      ([name, value]) => `${name}: ${Array.isArray(value) ? value.join(', ') : value}\r\n`,
    );
    this.#socket.write(
      `HTTP/1.1 ${status} ${status === 101 ? 'Switching Protocols' : 'Refused'}\r\n${lines.join('')}\r\n`,
    );
  }

  send(status: number, headers: ReplyHeaders, body: Uint8Array | string): void {
    this.start(status, { ...headers, 'content-length': String(Buffer.byteLength(body)), connection: 'close' });
    this.#socket.end(body);
  }

  write(bytes: Uint8Array | string): boolean {
    return this.#socket.write(bytes);
  }

  onceDrained(resume: () => void): void {
    this.#socket.once('drain', resume);
  }

  end(): void {
    this.#socket.end();
  }

  /** What comes after the handshake is no stream of events. */
  failStreamWith(): void {}

  fail(error: GatewayError): void {
    if (this.started) {
      this.#socket.destroy();
      return;
    }
    const { status, headers, body } = errorAnswer(error, 'openai');
    this.send(status, headers, body);
  }
}
