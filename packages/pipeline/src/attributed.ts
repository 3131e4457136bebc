import { mergeRequestMetadata, requestMetadataHeader, spliceRequestMetadata } from '@genai-gateway/governance';
import type { ConverseRequest, JsonObject } from '@genai-gateway/protocol';
import { payerOf } from './booking.ts';
import type { Call } from './call.ts';
import type { Services } from './services.ts';

/** Tells Bedrock who pays, where that is configured, in a Converse request of our own. */
export function attributedRequest(
  { record }: Call,
  { attribute }: Services,
  request: ConverseRequest,
): ConverseRequest {
  if (attribute === undefined) return request;
  const requestMetadata = mergeRequestMetadata(request.requestMetadata ?? {}, attribute(payerOf(record)));
  return { ...request, requestMetadata };
}

/** The same in a caller's, whose other bytes stay as they are; `parsed` is the same. */
export function attributedBytes(
  { record }: Call,
  { attribute }: Services,
  body: Buffer,
  parsed: JsonObject,
): ReturnType<typeof spliceRequestMetadata> {
  return attribute === undefined ? body : spliceRequestMetadata(body, parsed, attribute(payerOf(record)));
}

const METADATA_HEADER = 'x-amzn-bedrock-request-metadata';

/** The same in the headers of InvokeModel, whose body is the provider's own. */
export function attributedHeaders(
  { record }: Call,
  { attribute }: Services,
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  if (attribute === undefined) return headers;
  const { [METADATA_HEADER]: callers, ...others } = headers;
  const header = requestMetadataHeader(callers, attribute(payerOf(record)));
  return header === undefined ? others : { ...others, [METADATA_HEADER]: header };
}
