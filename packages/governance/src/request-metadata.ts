import type { JsonObject } from '@genai-gateway/protocol';
import { appendMember, replaceMember } from './json-splice.ts';

/** Key and value pairs that Bedrock writes into its invocation log beside a call. */
export type RequestMetadata = Readonly<Record<string, string>>;

/** What the names of the gateway's own pairs begin with. */
export const PREFIX = 'gateway.';

/**
 * Bedrock's limits: at most 16 pairs, 8500 characters in the header; keys and values take letters, digits, blanks and
 * `:_@$#=/+,-.`. Source: `RequestMetadata` and `RequestMetadataJson`, botocore 1.43.126, bedrock-runtime/2023-09-30
 * (read 2026-11-23).
 */
const MAX_PAIRS = 16;
const MAX_HEADER_LENGTH = 8500;

/**
 * The caller's pairs and ours together. What a caller writes under our prefix is left out: it would be taken for the
 * gateway's word. Ours are left out where there are 16 pairs already, because the call is worth more than its mark.
 */
export function mergeRequestMetadata(callers: RequestMetadata, ours: RequestMetadata): RequestMetadata {
  const kept = Object.entries(callers).filter(([name]) => !name.startsWith(PREFIX));
  const room = Math.max(0, MAX_PAIRS - kept.length);
  return Object.fromEntries([...kept, ...Object.entries(ours).slice(0, room)]);
}

/**
 * The body of a Converse call with our pairs among its `requestMetadata`; every other byte stays what it was. `parsed`
 * is what the body says as JSON. A `requestMetadata` that is no map of texts stays as it is: Bedrock says so to the
 * caller.
 */
export function spliceRequestMetadata(body: Buffer, parsed: JsonObject, ours: RequestMetadata): Buffer {
  const isGiven = Object.hasOwn(parsed, 'requestMetadata');
  const callers = isGiven ? metadataOf(parsed['requestMetadata'] ?? {}) : {};
  if (callers === undefined) return body;
  const merged = JSON.stringify(mergeRequestMetadata(callers, ours));
  // Bedrock takes no empty map; none at all is what was meant.
  if (merged === '{}') return isGiven ? replaceMember(body, 'requestMetadata', 'null') : body;
  return isGiven ? replaceMember(body, 'requestMetadata', merged) : appendMember(body, `"requestMetadata":${merged}`);
}

/**
 * The same for the header `x-amzn-bedrock-request-metadata` of InvokeModel, which holds a JSON object; undefined: none
 * is to be sent.
 * Source: `InvokeModelRequest`, @aws-sdk/client-bedrock-runtime 3.1164.0 (read 2026-11-23).
 */
export function requestMetadataHeader(callers: string | undefined, ours: RequestMetadata): string | undefined {
  const given = callers === undefined ? {} : metadataOf(parsedOrUndefined(callers));
  if (given === undefined) return callers;
  const merged = asciiJson(mergeRequestMetadata(given, ours));
  const header = merged.length > MAX_HEADER_LENGTH ? asciiJson(mergeRequestMetadata(given, {})) : merged;
  return header === '{}' ? undefined : header;
}

function metadataOf(value: unknown): RequestMetadata | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const isOfTexts = Object.values(value).every((each) => typeof each === 'string');
  return isOfTexts ? (value as RequestMetadata) : undefined;
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A header takes ASCII only, and a caller may have written more of it as escapes. */
function asciiJson(value: RequestMetadata): string {
  return JSON.stringify(value).replace(
    /[\x7f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
