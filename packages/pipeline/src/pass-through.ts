import { type AdminSetting, GatewayError } from '@genai-gateway/core';
import { checkFormFields, checkRequestFields, checkRequestTarget } from '@genai-gateway/governance';
import { summarizeReasons } from '@genai-gateway/routing';
import { identify } from './admit.ts';
import type { AnswerReader } from './answer-reader.ts';
import { settled } from './booking.ts';
import type { Call } from './call.ts';
import { collect, type UpstreamAnswer } from './collect.ts';
import { jsonObject } from './json-object.ts';
import type { LitellmRequest, PassThroughRequest } from './litellm.ts';
import { PassThroughCodec, passedHeaders } from './pass-through-codec.ts';
import { relay } from './relay.ts';
import { parseJsonObject } from './request-json.ts';
import type { Services } from './services.ts';
import { withSessionId } from './session-answer.ts';
import type { UpstreamListener } from './upstream.ts';

/** Serves a route that is LiteLLM's alone, byte for byte. */
export async function servePassThrough(call: Call, services: Services, request: PassThroughRequest): Promise<void> {
  const { access, method, target } = request;
  if (access === 'litellm' && isLogin(call, services)) return serveForLogin(call, services, request);
  if (access === 'litellm') {
    const sent = { method, target, headers: request.headers, body: call.bodyStream() };
    return forward(call, services, sent, { stream: false, cookies: true });
  }
  const principal = await identify(call, services);
  if (access === 'master' && principal.kind !== 'master') {
    throw new GatewayError(
      'master-key-required',
      'This route changes how the gateway works or runs code in it, so it takes the master key only. Use the master key, or ask an administrator.',
    );
  }
  const headers = ownHeaders(call);
  // What is no form is JSON, whatever it is called: `curl -d` calls everything a form.
  if (access === 'model' && !isForm(headers)) headers['content-type'] = 'application/json';
  if (access === 'upload') {
    checkRequestTarget(queryOf(target), undefined, undefined);
    return forward(call, services, { method, target, headers, body: call.bodyStream() }, { stream: false });
  }
  const body = await call.body();
  const stream = access === 'model' && (await checkModelCall(body, headers, target));
  const sent = body.length === 0 ? undefined : body;
  return forward(call, services, { method, target, headers, body: sent }, { stream });
}

/**
 * Checks the target of a WebSocket: the model is named once, in the query where there are only messages
 * behind it (Realtime), in the messages where those name it (Responses). Throws `invalid-request`.
 */
export function checkWebSocketTarget(target: string): void {
  const query = queryOf(target);
  const [path = ''] = target.split('?', 1);
  if (path.endsWith('/realtime') && query.getAll('model').length === 1) query.delete('model');
  checkRequestTarget(query, undefined, undefined);
}

/** The head of an answer that LiteLLM gave: so that nobody has to guess where a call went, and why. */
export function servedByHeaders(reasons: readonly AdminSetting[] | undefined): Record<string, string> {
  const headers: Record<string, string> = { 'x-gateway-served-by': 'litellm' };
  if (reasons !== undefined && reasons.length > 0) headers['x-gateway-served-by-reason'] = summarizeReasons(reasons);
  return headers;
}

/**
 * The caller's headers with the one credential that was checked, however it came; in place of a token of a login the
 * LiteLLM key of that login, because LiteLLM takes no such tokens.
 */
export function ownHeaders(call: Call): Record<string, string> {
  const { principal } = call.record;
  const forwardKey = principal?.kind === 'virtual-key' ? principal.forwardKey : undefined;
  return { ...call.forwardableHeaders(), authorization: `Bearer ${forwardKey?.reveal() ?? call.credential()}` };
}

/** Whether a token came where LiteLLM's own credentials are expected. Many of its routes need none at all. */
function isLogin(call: Call, services: Services): boolean {
  try {
    return services.authenticator.isLogin(call.credential());
  } catch {
    return false;
  }
}

async function serveForLogin(call: Call, services: Services, request: PassThroughRequest): Promise<void> {
  const principal = await identify(call, services);
  const { login, forwardKey } = principal.kind === 'virtual-key' ? principal : {};
  if (services.selfService === undefined || login === undefined || forwardKey === undefined) {
    throw new GatewayError(
      'master-key-required',
      'This route manages keys and users, which needs LiteLLM and its master key behind the gateway. Ask an administrator.',
    );
  }
  return services.selfService.serve(call, services, request, login, forwardKey.reveal());
}

export interface ForwardOptions {
  readonly stream: boolean;
  /** Cookies that LiteLLM sets are the caller's. */
  readonly cookies?: boolean;
  readonly reasons?: readonly AdminSetting[];
  /** Goes into the answer as `session_id`. */
  readonly sessionId?: string;
  /** Reads along. */
  readonly reader?: AnswerReader;
}

/** Sends a request to LiteLLM, and its answer to the caller as it is. Rejects as `LitellmProxy.send` ends. */
export async function forward(
  call: Call,
  services: Services,
  request: LitellmRequest,
  options: ForwardOptions,
): Promise<void> {
  const { litellm } = services;
  if (litellm === undefined) {
    throw new GatewayError(
      'route-not-found',
      'This route is served by LiteLLM, which is not part of this deployment. An administrator can add it with LITELLM_URL.',
    );
  }
  const { record, signal } = call;
  const { reader, reasons, sessionId, stream, cookies = false } = options;
  record.servedBy = 'litellm';
  const send = (listener: UpstreamListener): void => litellm.send(request, listener, signal);
  const added = servedByHeaders(reasons);
  if (reader !== undefined && !stream)
    await passWhole(call, await collect(call, services, send), reader, added, sessionId);
  else {
    const listener = reader === undefined ? undefined : (data: string) => reader.event(data);
    const codec = new PassThroughCodec(added, { stream, cookies, sessionId, listener });
    const refusal = await relay(call, services, send, codec);
    if (refusal !== undefined) throw refusedStream(refusal);
  }
  const status = record.upstreamStatus ?? 200;
  if (status >= 400) record.errorCode = status >= 500 ? 'upstream-failed' : 'upstream-rejected';
}

/** An answer that is kept goes out once it is: its head says whether it was. */
async function passWhole(
  call: Call,
  { status, headers, body }: UpstreamAnswer,
  reader: AnswerReader,
  added: Readonly<Record<string, string>>,
  sessionId: string | undefined,
): Promise<void> {
  const passed = { ...passedHeaders(headers), ...added };
  delete passed['set-cookie'];
  if (status !== 200) {
    call.reply.send(status, passed, body);
    return;
  }
  const whole = jsonObject(body);
  if (whole !== undefined) reader.whole(whole);
  await settled(call);
  call.reply.send(status, passed, sessionId === undefined ? body : withSessionId(body, sessionId));
}

/** LiteLLM refused a stream that had been opened to keep the connection alive. */
function refusedStream(answer: UpstreamAnswer): GatewayError {
  const error = jsonObject(answer.body)?.['error'];
  const message = error !== null && typeof error === 'object' && 'message' in error ? error.message : undefined;
  return new GatewayError(
    answer.status >= 500 ? 'upstream-failed' : 'upstream-rejected',
    typeof message === 'string' ? message : `The model service answered with status ${answer.status}.`,
  );
}

export function queryOf(target: string): URLSearchParams {
  const at = target.indexOf('?');
  return new URLSearchParams(at === -1 ? '' : target.slice(at + 1));
}

function isForm(headers: Readonly<Record<string, string>>): boolean {
  return /^multipart\/form-data\b/i.test(headers['content-type'] ?? '');
}

/** The model in the paths of Azure's and Google's clients, and of OpenAI's first ones. */
const PATH_MODEL =
  /^\/(?:engines|openai\/deployments)\/(.+?)\/(?:chat|completions|embeddings|images)|\/models\/(.+):[a-zA-Z]+$/;

/** Checks what a model call asks for. True when it wants a stream. Rejects as `checkRequestFields`. */
async function checkModelCall(
  body: Buffer,
  headers: Readonly<Record<string, string>>,
  target: string,
): Promise<boolean> {
  const query = queryOf(target);
  const found = PATH_MODEL.exec(target.split('?', 1)[0] ?? '');
  const pathModel = found === null ? undefined : decodeURIComponent(found[1] ?? found[2] ?? '');
  if (isForm(headers)) {
    const form = await formOf(body, headers['content-type'] ?? '');
    checkFormFields([...form.keys()]);
    checkRequestTarget(query, pathModel, form.getAll('model').at(-1));
    return false;
  }
  const request = body.length === 0 ? {} : parseJsonObject(body);
  checkRequestFields(request);
  checkRequestTarget(query, pathModel, request['model']);
  return request['stream'] === true;
}

async function formOf(body: Buffer, contentType: string): Promise<FormData> {
  try {
    return await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
  } catch (cause) {
    throw new GatewayError('invalid-request', 'The body is not the form that its Content-Type says it is.', { cause });
  }
}
