import { admit, authenticate } from './admit.ts';
import type { Call } from './call.ts';
import { collect } from './collect.ts';
import { namedSettings } from './named-settings.ts';
import { codecFor, noteUsage, passOn } from './native-answer.ts';
import { serveNativeThroughLitellm } from './native-through-litellm.ts';
import { relay } from './relay.ts';
import { parseJsonObject } from './request-json.ts';
import { type Services, toBedrock } from './services.ts';
import type { NativeRequest, UpstreamRequest } from './upstream.ts';
import { upstreamError } from './upstream-error.ts';

/**
 * Serves a call in Bedrock's own API. The body goes on byte for byte, and so does the answer; the
 * gateway decides who may call, where it goes, and reads what was used.
 */
export async function serveNative(call: Call, services: Services, request: NativeRequest): Promise<void> {
  const { operation } = request;
  const principal = await authenticate(call, services);
  const named = namedSettings(call, services, {});
  const admission = admit(call, services, principal, request.model, named instanceof Promise ? await named : named);
  if (!admission.eligible) return serveNativeThroughLitellm(call, services, request, admission);
  const { deployment } = admission;
  const body = await call.body();
  // Converse is ours to understand; InvokeModel carries whatever the provider's model takes.
  if (operation !== 'invoke' && operation !== 'invoke-with-response-stream') parseJsonObject(body);
  const upstream: UpstreamRequest = {
    target: { kind: 'model', operation, deployment },
    headers: request.headers,
    body,
  };

  const codec = codecFor(operation, call.record);
  if (codec !== undefined) {
    call.record.stream = true;
    const refusal = await relay(call, services, toBedrock(call, services, upstream), codec);
    if (refusal === undefined) return;
    // A stream that had to be opened before the refusal came can only end with it.
    if (call.reply.started) throw upstreamError(refusal);
    passOn(call, refusal);
    return;
  }
  const answer = await collect(call, services, toBedrock(call, services, upstream));
  if (answer.status === 200) noteUsage(call, operation, answer);
  passOn(call, answer);
}

/** Serves `POST /guardrail/{id}/version/{version}/apply`: any key that may call models may check text. */
export async function serveGuardrail(
  call: Call,
  services: Services,
  request: {
    readonly guardrailId: string;
    readonly guardrailVersion: string;
    readonly headers: Readonly<Record<string, string>>;
  },
): Promise<void> {
  await authenticate(call, services);
  const body = await call.body();
  parseJsonObject(body);
  const { guardrailId, guardrailVersion, headers } = request;
  const region = services.regions.defaultRegion;
  const target = { kind: 'guardrail', guardrailId, guardrailVersion, region } as const;
  passOn(call, await collect(call, services, toBedrock(call, services, { target, headers, body })));
}
