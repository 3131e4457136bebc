import type { Principal } from '@genai-gateway/identity';

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
