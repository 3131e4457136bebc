import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A server in the place of LiteLLM that says how it is and which version it is, and to everything else `{}`.
 * Source of the two paths: LiteLLM 1.106.2, proxy/health_endpoints and proxy/public_endpoints/public_endpoints.py,
 * https://github.com/BerriAI/litellm (read 2026-11-23).
 */
export class StandIn {
  readonly #server: Server;
  #version: string;
  /** Paths that were asked for, without the two by which it is looked at. */
  readonly asked: string[] = [];
  #resumed: Promise<void> | undefined;
  #resume: () => void = () => undefined;

  constructor(version: string) {
    this.#version = version;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await this.#resumed;
    const path = request.url ?? '';
    const isLook = path === '/health/liveliness' || path === '/public/model_hub/info';
    if (!isLook) this.asked.push(path);
    response.setHeader('content-type', 'application/json');
    response.end(path === '/public/model_hub/info' ? JSON.stringify({ litellm_version: this.#version }) : '{}');
  }

  /** Serves, on any port or on this one; gives its URL. */
  async listen(port = 0): Promise<string> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Goes away with all its connections, as a process does that is replaced. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** It goes on taking requests, and answers none. */
  hang(): void {
    this.#resumed = new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  /** It answers them after all. */
  resume(): void {
    this.#resumed = undefined;
    this.#resume();
  }

  /** The next one is another version. */
  becomes(version: string): void {
    this.#version = version;
  }
}
