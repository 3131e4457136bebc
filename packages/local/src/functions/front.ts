import { type OutgoingHttpHeaders, request as requestOf } from 'node:http';
import { routeOf } from '@genai-gateway/config';
import type { HttpRequest, HttpResponse, Listeners } from '@genai-gateway/gateway';
import { functionPrefix } from './functions-server.ts';

/** Headers of one connection, which do not go on to the next. */
const ofConnection = /^(?::.*|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|http2-settings)$/i;

/** Hands to functions what a load balancer would hand them by the route table, and everything else to the gateway. */
export function functionsBefore(gateway: Listeners, functionsUrl: string): Listeners {
  return {
    handle: (request, response) => {
      const [path = '/'] = (request.url ?? '/').split('?');
      const target = routeOf(path)?.target ?? 'gateway';
      if (target === 'gateway') gateway.handle(request, response);
      else handOn(request, response, `${functionsUrl}${functionPrefix(target)}${request.url}`);
    },
    handleUpgrade: gateway.handleUpgrade,
  };
}

function handOn(request: HttpRequest, response: HttpResponse, url: string): void {
  const passed = Object.entries(request.headers).filter(([name]) => !ofConnection.test(name));
  const headers: OutgoingHttpHeaders = {
    ...Object.fromEntries(passed),
    host: request.headers.host ?? String(request.headers[':authority'] ?? 'localhost'),
    'x-forwarded-for': request.socket.remoteAddress ?? '127.0.0.1',
    'x-forwarded-proto': 'encrypted' in request.socket ? 'https' : 'http',
  };
  response.on('error', () => {});
  const onward = requestOf(url, { method: request.method ?? 'GET', headers }, (answer) => {
    response.statusCode = answer.statusCode ?? 502;
    for (const [name, value] of Object.entries(answer.headers)) {
      if (value !== undefined && !ofConnection.test(name)) response.setHeader(name, value);
    }
    answer.pipe(response as NodeJS.WritableStream);
  });
  onward.on('error', () => {
    if (!response.headersSent) response.statusCode = 502;
    response.end();
  });
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}
