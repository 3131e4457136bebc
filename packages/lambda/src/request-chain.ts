import { checkPath } from '@genai-gateway/config';
import { GatewayError } from '@genai-gateway/core';
import { isPreflight, preflightHeaders } from '@genai-gateway/dialects';
import type { VerifiedJwt } from '@genai-gateway/middy-http-jwt';
import middy, { type MiddlewareObj } from '@middy/core';
import httpHeaderNormalizer from '@middy/http-header-normalizer';
import httpRouter from '@middy/http-router';
import validator from '@middy/validator';
import { type AlbResult, headersOf, isAlbEvent } from './alb-event.ts';
import type { AnswerParts } from './alb-result.ts';
import { answering, type CallRequest } from './answering.ts';
import type { CallEvent, CallState } from './call.ts';
import type { FunctionLogger } from './function-environment.ts';
import type { FunctionRoute } from './function-route.ts';
import { type InvocationContext, reserveMs } from './invocation.ts';
import { requestIdOf } from './request-id.ts';
import type { RequestRuntime } from './request-runtime.ts';
import { type RouteContext, routerRoutes } from './route-handlers.ts';

/** The validator calls it; its type names ajv, which functions do without. */
const eventSchema = isAlbEvent as unknown as NonNullable<Parameters<typeof validator>[0]>['eventSchema'] & object;

type Step = MiddlewareObj<CallEvent, AnswerParts | AlbResult>;

/** From an event to the load balancer's answer, in the order of the middlewares. Never rejects. */
export function requestChain<Services>(
  routes: readonly FunctionRoute<Services>[],
  started: () => Promise<RequestRuntime<Services>>,
  logger: () => FunctionLogger,
): (event: CallEvent, context: InvocationContext) => Promise<AlbResult> {
  const router = httpRouter({
    routes: routerRoutes(routes, async () => (await started()).services),
    notFoundResponse: ({ path }) => {
      checkPath(path);
      throw new GatewayError(
        'route-not-found',
        'There is no such route here. Check the path against the documentation.',
      );
    },
  }) as unknown as (event: CallEvent, context: InvocationContext, options: RouteContext) => Promise<AnswerParts>;
  const chain = middy<CallEvent, AnswerParts | AlbResult>({ timeoutEarlyInMillis: reserveMs, timeoutEarlyResponse })
    .use(validator({ eventSchema }))
    .use(answering(logger))
    .use(httpHeaderNormalizer())
    .use(crossOrigin(started))
    .use(authenticating(started))
    .handler(async (event, context, options) =>
      event.call.isPreflight ? preflightAnswer(event) : router(event, context, options),
    );
  return chain as unknown as (event: CallEvent, context: InvocationContext) => Promise<AlbResult>;
}

/** The state of a new call. Lower-case names, whoever sent the event. */
export function newCall(event: unknown): CallState {
  const headers = isAlbEvent(event) ? headersOf(event) : {};
  return {
    requestId: requestIdOf(headers),
    startedAtMs: Date.now(),
    headers,
    operation: 'unrouted',
    caller: undefined,
    cors: undefined,
    isPreflight: false,
    answerHeaders: {},
  };
}

function crossOrigin<Services>(started: () => Promise<RequestRuntime<Services>>): Step {
  return {
    name: 'cross-origin',
    before: async ({ event }: CallRequest) => {
      const { cors } = await started();
      const asked = { method: event.httpMethod, url: event.path, headers: event.call.headers };
      event.call.cors = cors?.answerTo(asked);
      event.call.isPreflight = isPreflight(asked, event.call.cors);
    },
  };
}

function authenticating<Services>(started: () => Promise<RequestRuntime<Services>>): Step {
  return {
    name: 'authenticating',
    before: async (request: CallRequest) => {
      const { call } = request.event;
      if (call.isPreflight) return;
      const { authentication, tokens } = await started();
      const internal: { jwt?: VerifiedJwt } = request.internal;
      await tokens?.before?.(request as never);
      const { jwt } = internal;
      const token = jwt === undefined ? undefined : { claims: jwt.payload, header: jwt.header };
      call.caller = await authentication.callerOf(call.headers, token);
    },
  };
}

function preflightAnswer({ httpMethod, path, call }: CallEvent): AnswerParts {
  call.operation = 'preflight';
  return { status: 204, headers: preflightHeaders({ method: httpMethod, url: path, headers: call.headers }), body: '' };
}

function timeoutEarlyResponse(): never {
  throw new GatewayError(
    'upstream-timeout',
    'It takes longer than there is time. Ask for less at a time, or try again shortly.',
  );
}
