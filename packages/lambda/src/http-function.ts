import type { Principal } from '@genai-gateway/identity';
import type { FunctionEnvironment } from './function-environment.ts';
import type { TaskHandler } from './task-function.ts';

/** A request that reached a function through the load balancer: authenticated, its JSON parsed. */
export interface FunctionRequest {
  readonly requestId: string;
  readonly principal: Principal;
  /** The principal may manage what belongs to all: the master key, or LiteLLM's role `proxy_admin`. */
  readonly isAdministrator: boolean;
  /** The principal may read what an administrator may read: those, and LiteLLM's role `proxy_admin_viewer`. */
  readonly isAuditor: boolean;
  /** Parts of the path that the route names, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Each parameter once (one that comes twice is refused), decoded. */
  readonly query: Readonly<Record<string, string>>;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON; undefined: there was no body. */
  readonly body: unknown;
  /** Ends shortly before Lambda would end the function. */
  readonly signal: AbortSignal;
}

export interface FunctionReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Becomes JSON; undefined: an answer without a body. */
  readonly body: unknown;
}

/** One operation of a function. */
export interface FunctionRoute<Services> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Such as `/v1/prompts/{id}/versions`. */
  readonly path: string;
  /** Throws or rejects with `GatewayError`, which is answered in OpenAI's shape. */
  handle(request: FunctionRequest, services: Services): Promise<FunctionReply>;
}

export interface HttpFunctionOptions<Services> {
  /** The function's name, for its log. */
  readonly name: string;
  readonly routes: readonly FunctionRoute<Services>[];
  /** Called once per process, at the first event; again after a rejection. */
  readonly compose: (env: FunctionEnvironment) => Promise<Services>;
  /** What is done with events that are no requests; absent: they are refused. */
  readonly handleTask?: TaskHandler<Services>;
}

/** What a load balancer carries to a function and back: 1 MB with headers, in bytes of the event's JSON. */
export const maxEventBytes = 1024 * 1024;
/** What an answer's body may have, so that it stays below that when it is written as a text in JSON. */
export const maxBodyChars = 700 * 1024;
