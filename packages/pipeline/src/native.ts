import { requestMetadataHeader, spliceRequestMetadata } from '@genai-gateway/governance';
import type { JsonObject } from '@genai-gateway/protocol';
import { admit, authenticate } from './admit.ts';
import { booked, openBooking, payerOf, settled } from './booking.ts';
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

const METADATA_HEADER = 'x-amzn-bedrock-request-metadata';

/**
 * Serves a call in Bedrock's own API. The body goes on byte for byte, and so does the answer; the
 * gateway decides who may call, where it goes, and reads what was used.
 */
export function serveNative(call: Call, services: Services, request: NativeRequest): Promise<void> {
  call.record.endpoint = `/bedrock/model/{id}/${request.operation}`;
  // Counting tokens is free.
  if (request.operation === 'count-tokens') return native(call, services, request);
  return booked(call, services, () => native(call, services, request));
}

async function native(call: Call, services: Services, request: NativeRequest): Promise<void> {
  const { operation } = request;
  const principal = await authenticate(call, services);
  const found = namedSettings(call, services, principal, {});
  const named = found instanceof Promise ? await found : found;
  const admission = await admit(call, services, principal, request.model, named.settings);
  if (!admission.eligible) return serveNativeThroughLitellm(call, services, request, admission);
  const { deployment } = admission;
  const body = await call.body();
  // Converse is ours to understand; InvokeModel carries whatever the provider's model takes.
  const isInvoke = operation === 'invoke' || operation === 'invoke-with-response-stream';
  const parsed = isInvoke ? jsonOrNone(body) : parseJsonObject(body);
  call.record.stream = operation === 'converse-stream' || operation === 'invoke-with-response-stream';
  if (operation !== 'count-tokens') await openBooking(call, services, { admission, named, body: parsed });
  const upstream: UpstreamRequest = {
    target: { kind: 'model', operation, deployment },
    ...attributed(call, services, request, body, parsed),
  };

  const codec = codecFor(operation, call.record);
  if (codec !== undefined) {
    const refusal = await relay(call, services, toBedrock(call, services, upstream), codec);
    if (refusal === undefined) return;
    // A stream that had to be opened before the refusal came can only end with it.
    if (call.reply.started) throw upstreamError(refusal);
    passOn(call, refusal);
    return;
  }
  const answer = await collect(call, services, toBedrock(call, services, upstream));
  if (answer.status === 200) {
    noteUsage(call, operation, answer);
    await settled(call);
  }
  passOn(call, answer);
}

/** Tells Bedrock who pays, where that is configured: in the body of Converse, in a header of InvokeModel. */
function attributed(
  { record }: Call,
  { attribute }: Services,
  { operation, headers }: NativeRequest,
  body: Buffer,
  parsed: JsonObject | undefined,
): Pick<UpstreamRequest, 'headers' | 'body'> {
  if (attribute === undefined || operation === 'count-tokens') return { headers, body };
  const metadata = attribute(payerOf(record));
  if (operation === 'converse' || operation === 'converse-stream') {
    return { headers, body: spliceRequestMetadata(body, parsed ?? {}, metadata) };
  }
  const { [METADATA_HEADER]: callers, ...others } = headers;
  const header = requestMetadataHeader(callers, metadata);
  return { headers: header === undefined ? others : { ...others, [METADATA_HEADER]: header }, body };
}

/** A body of InvokeModel is the provider's own, and only looked into for what the call may cost. */
function jsonOrNone(body: Buffer): JsonObject | undefined {
  try {
    return parseJsonObject(body);
  } catch {
    return undefined;
  }
}
