import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What LiteLLM would have got. */
interface Echoed {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
}

/** A server in LiteLLM's place, of its version, that answers every request with what it got. */
export interface Echo {
  readonly url: string;
  /** Everything since it was started, the gateway's own looks at it left out. */
  readonly received: readonly Echoed[];
  close(): void;
}

/**
 * Starts one. Source of the two paths by which it is looked at: LiteLLM 1.106.2, proxy/health_endpoints and
 * proxy/public_endpoints/public_endpoints.py, https://github.com/BerriAI/litellm (read 2026-11-23).
 */
export async function startEcho(): Promise<Echo> {
  const received: Echoed[] = [];
  const server = createServer((request, response) => {
    const { method = '', url: target = '', headers } = request;
    response.setHeader('content-type', 'application/json');
    if (target === '/health/liveliness') return void response.end('"alive"');
    if (target === '/public/model_hub/info') return void response.end('{"litellm_version":"1.106.2"}');
    request.resume().once('end', () => {
      received.push({ method, target, headers });
      // What a provider and LiteLLM itself may say that is not for callers.
      response.setHeader('llm_provider-x-secret', 'of the provider');
      response.setHeader('access-control-allow-origin', '*');
      response.setHeader('set-cookie', 'token=of-litellm');
      response.setHeader('connection', 'keep-alive, x-of-this-connection');
      response.setHeader('x-of-this-connection', 'of LiteLLM');
      response.end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
