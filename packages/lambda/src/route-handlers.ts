import { nameInPath } from '@genai-gateway/config';
import { GatewayError } from '@genai-gateway/core';
import type { Method, Route } from '@middy/http-router';
import { queryOf } from './alb-event.ts';
import type { AnswerParts } from './alb-result.ts';
import type { CallEvent } from './call.ts';
import type { FunctionReply, FunctionRoute } from './function-route.ts';
import { jsonBodyOf } from './json-body.ts';

/** What a route is handed beside the event. */
export interface RouteContext {
  readonly signal: AbortSignal;
}

type Handler = (event: CallEvent, context: unknown, options: RouteContext) => Promise<AnswerParts>;
/** The router is made for any event; ours has what middlewares added. */
type RouterRoute = Route<never, never>;

const METHODS: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'];

/**
 * The routes as the router of middy takes them: each of a function's own (GET for HEAD too), and for every path a refusal
 * of the methods that it has not.
 */
export function routerRoutes<Services>(
  routes: readonly FunctionRoute<Services>[],
  services: () => Promise<Services>,
): RouterRoute[] {
  const own = routes.flatMap((route) => {
    const handler = handlerOf(route, services);
    const methods: Method[] = route.method === 'GET' ? ['GET', 'HEAD'] : [route.method];
    return methods.map((method) => routerRoute(method, route.path, handler));
  });
  const paths = [...new Set(routes.map(({ path }) => path))];
  // Behind all others: what stands first is taken.
  return [...own, ...paths.flatMap((path) => refusals(path, routes))];
}

function refusals(path: string, routes: readonly FunctionRoute<never>[]): RouterRoute[] {
  const taken = routes.filter((each) => each.path === path).map(({ method }) => method);
  const allow = taken.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  const refuse: Handler = async (event) => {
    event.call.operation = `${event.httpMethod} ${path}`;
    event.call.answerHeaders['allow'] = allow.join(', ');
    throw new GatewayError('method-not-allowed', `This route takes ${taken.join(', ')}, not ${event.httpMethod}.`);
  };
  return METHODS.filter((method) => !allow.includes(method)).map((method) => routerRoute(method, path, refuse));
}

function routerRoute(method: Method, path: string, handler: Handler): RouterRoute {
  return { method, path, handler } as unknown as RouterRoute;
}

function handlerOf<Services>(route: FunctionRoute<Services>, services: () => Promise<Services>): Handler {
  return async (event, _context, { signal }) => {
    const { call } = event;
    call.operation = `${route.method} ${route.path}`;
    const { caller } = call;
    if (caller === undefined) throw new GatewayError('missing-credential', 'No API key was sent.');
    const reply = await route.handle(
      {
        ...caller,
        requestId: call.requestId,
        params: namesInPath(event.pathParameters ?? {}),
        query: queryOf(event),
        headers: call.headers,
        body: route.method === 'GET' ? undefined : jsonBodyOf(event, call.headers),
        signal,
      },
      await services(),
    );
    return partsOf(reply);
  };
}

function partsOf({ status, headers = {}, body }: FunctionReply): AnswerParts {
  if (body === undefined) return { status, headers, body: '' };
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

function namesInPath(parts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, nameInPath(part)]));
}
