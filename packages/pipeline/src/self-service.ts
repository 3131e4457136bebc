import { GatewayError } from '@genai-gateway/core';
import {
  decideSelfService,
  type SelfServiceAction,
  type SelfServicePolicy,
  selfServiceAction,
} from '@genai-gateway/governance';
import type { Call } from './call.ts';
import { servedByHeaders } from './pass-through.ts';
import { PassThroughCodec } from './pass-through-codec.ts';
import { relay } from './relay.ts';
import { parseJsonObject } from './request-json.ts';
import { shapeAnswer } from './self-service-answer.ts';
import type {
  LitellmManagement,
  ManagementOfLogins,
  ManagementReply,
  ManagementRequest,
  SelfServiceLogin,
} from './self-service-port.ts';
import type { Services } from './services.ts';

export type { LitellmManagement, ManagementReply } from './self-service-port.ts';

export interface SelfServiceOptions {
  readonly management: LitellmManagement;
  readonly policy: SelfServicePolicy;
  /** LiteLLM's master key, by which administrators act who have logged in. */
  readonly masterKey: () => string;
}

/** LiteLLM's management for whoever calls with a login: people for themselves, administrators for everybody. */
export class SelfService implements ManagementOfLogins<Services> {
  readonly #management: LitellmManagement;
  readonly #policy: SelfServicePolicy;
  readonly #masterKey: () => string;
  /** The last call that each user has under way here: their keys are counted before one more is made. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(options: SelfServiceOptions) {
    this.#management = options.management;
    this.#policy = options.policy;
    this.#masterKey = options.masterKey;
  }

  async serve(
    call: Call,
    services: Services,
    request: ManagementRequest,
    login: SelfServiceLogin,
    credential: string,
  ): Promise<void> {
    if (login.role === 'admin') return this.#asAdministrator(call, services, request, login);
    const [path = '', ...rest] = request.target.split('?');
    const action = selfServiceAction(request.method, path);
    if (action === undefined) throw notForUsers();
    const body = request.method === 'POST' ? await bodyOf(call) : {};
    const query = new URLSearchParams(rest.join('?'));
    call.record.servedBy = 'litellm';
    const reply = await this.#inTurn(login.userId, () =>
      this.#answer(action, body, query, login, credential, call.signal),
    );
    call.record.upstreamStatus = reply.status;
    if (reply.status >= 400) call.record.errorCode = reply.status >= 500 ? 'upstream-failed' : 'upstream-rejected';
    const headers = { 'content-type': 'application/json', ...servedByHeaders(undefined) };
    call.reply.send(reply.status, headers, JSON.stringify(reply.json ?? {}));
  }

  async #answer(
    action: SelfServiceAction,
    body: Readonly<Record<string, unknown>>,
    query: URLSearchParams,
    login: SelfServiceLogin,
    credential: string,
    signal: AbortSignal,
  ): Promise<ManagementReply> {
    const own = await this.#management.ownState(login.userId, credential, signal);
    const forward = decideSelfService({ action, body, query }, login, own, this.#policy);
    const { status, json } = await this.#management.ask(forward, credential, signal);
    return { status, json: status === 200 ? shapeAnswer(action, json, login, own) : json };
  }

  /**
   * LiteLLM is asked with the master key and told who it was. The role stays in the login: no user of LiteLLM's is
   * made an administrator by it, so nothing is left to take away when the role is.
   */
  async #asAdministrator(
    call: Call,
    services: Services,
    { access, method, target }: ManagementRequest,
    { userId }: SelfServiceLogin,
  ): Promise<void> {
    const { litellm } = services;
    if (access !== 'litellm' || litellm === undefined) throw notForUsers();
    const { record, signal } = call;
    record.servedBy = 'litellm';
    const headers = {
      ...call.forwardableHeaders(),
      authorization: `Bearer ${this.#masterKey()}`,
      'litellm-changed-by': encodeURI(userId),
    };
    const codec = new PassThroughCodec(servedByHeaders(undefined), { stream: false, cookies: false });
    const sent = { method, target, headers, body: call.bodyStream() };
    await relay(call, services, (listener) => litellm.send(sent, listener, signal), codec);
    const status = record.upstreamStatus ?? 200;
    if (status >= 400) record.errorCode = status >= 500 ? 'upstream-failed' : 'upstream-rejected';
  }

  /** One call of a user after the other. */
  async #inTurn<Result>(userId: string, run: () => Promise<Result>): Promise<Result> {
    const before = this.#turns.get(userId) ?? Promise.resolve();
    const mine = before.then(run, run);
    this.#turns.set(userId, mine);
    try {
      return await mine;
    } finally {
      if (this.#turns.get(userId) === mine) this.#turns.delete(userId);
    }
  }
}

async function bodyOf(call: Call): Promise<Readonly<Record<string, unknown>>> {
  const body = await call.body();
  return body.length === 0 ? {} : parseJsonObject(body);
}

function notForUsers(): GatewayError {
  return new GatewayError(
    'not-permitted',
    'With a login you may manage what is yours: POST /user/new, /key/generate, /key/update, /key/delete and GET /key/list, /key/info, /user/info. Everything else takes an administrator.',
  );
}
