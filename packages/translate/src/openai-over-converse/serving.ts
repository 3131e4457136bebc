import type { ConverseRequest, OpenaiChatRequest } from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { hashedUser } from '../hashed-user.ts';
import { invalidRequest, withoutUndefined } from '../json.ts';

/** What is said of a call besides what the model reads: how it is served, guarded and logged. */
type Serving = Pick<
  ConverseRequest,
  'guardrailConfig' | 'performanceConfig' | 'serviceTier' | 'requestMetadata' | 'additionalModelResponseFieldPaths'
>;

/**
 * OpenAI's tiers as Bedrock's; undefined: what the account has by itself. OpenAI's reserved capacity is called scale.
 * Sources (read 2026-11-23): `service_tier` of the openai package, botocore's `ServiceTierType`.
 */
const tiers: ReadonlyMap<string, string | undefined> = new Map([
  ['auto', undefined],
  ['default', 'default'],
  ['flex', 'flex'],
  ['priority', 'priority'],
  ['fast', 'priority'],
  ['scale', 'reserved'],
  ['reserved', 'reserved'],
]);

/** Source: botocore's `RequestMetadata` (read 2026-11-23). */
const MAX_PAIRS = 16;
const MAX_LOOKED_AT = 100;
const METADATA_KEY = /^[a-zA-Z0-9\s:_@$#=/+,.-]{1,256}$/;
const METADATA_VALUE = /^[a-zA-Z0-9\s:_@$#=/+,.-]{0,256}$/;

/**
 * service_tier, metadata, user and safety_identifier, and the fields of Bedrock that clients of LiteLLM send.
 * A guardrail of the caller's never takes the place of an administrator's: a deployment that has one is served by LiteLLM.
 * Throws `invalid-request` for a tier that there is not, and for `requestMetadata` that Bedrock does not take.
 */
export function servingToConverse(request: OpenaiChatRequest, dropped: DroppedParams): Serving {
  const { performanceConfig, additionalModelResponseFieldPaths: paths } = request;
  const latency = performanceConfig?.latency ?? undefined;
  const tier = tierOf(request.service_tier);
  return withoutUndefined({
    guardrailConfig: guardrailOf(request, dropped),
    performanceConfig: latency === undefined ? undefined : { latency },
    serviceTier: tier === undefined ? undefined : { type: tier },
    requestMetadata: metadataOf(request, dropped),
    additionalModelResponseFieldPaths: paths && paths.length > 0 ? paths : undefined,
  });
}

function tierOf(tier: string | null | undefined): string | undefined {
  if (tier === null || tier === undefined) return undefined;
  if (tiers.has(tier)) return tiers.get(tier);
  const known = [...tiers.keys()].map((name) => `"${name}"`).join(', ');
  throw invalidRequest(`\`service_tier\` must be one of ${known}.`, 'service_tier');
}

/** How the guardrail reads a stream means something for streams only, and Converse refuses the field. */
function guardrailOf(
  { guardrailConfig, stream }: OpenaiChatRequest,
  dropped: DroppedParams,
): ConverseRequest['guardrailConfig'] {
  if (guardrailConfig === null || guardrailConfig === undefined) return undefined;
  const { guardrailIdentifier, guardrailVersion, trace, streamProcessingMode } = guardrailConfig;
  const mode = streamProcessingMode ?? undefined;
  if (mode !== undefined && stream !== true) dropped.add('guardrailConfig.streamProcessingMode');
  return withoutUndefined({
    guardrailIdentifier,
    guardrailVersion,
    trace: trace ?? undefined,
    streamProcessingMode: stream === true ? mode : undefined,
  });
}

/**
 * All that goes into the invocation log of the AWS account. Of `metadata`, which any text may be for OpenAI, what fits goes; what
 * does not is named.
 */
function metadataOf(
  { requestMetadata, metadata, user, safety_identifier: safetyIdentifier }: OpenaiChatRequest,
  dropped: DroppedParams,
): ConverseRequest['requestMetadata'] {
  const pairs = new Map<string, string>();
  if (user) pairs.set('user', hashedUser(user));
  if (safetyIdentifier) pairs.set('safety_identifier', hashedUser(safetyIdentifier));
  for (const [name, value] of Object.entries(requestMetadata ?? {})) {
    const param = `requestMetadata.${shown(name)}`;
    if (!METADATA_KEY.test(name) || !METADATA_VALUE.test(value)) {
      throw invalidRequest(
        'Names and values of requestMetadata may have letters, digits, blanks and : _ @ $ # = / + , . - only, at most 256 of them.',
        param,
      );
    }
    if (!pairs.has(name)) pairs.set(name, value);
    if (pairs.size > MAX_PAIRS) throw invalidRequest(`At most ${MAX_PAIRS} pairs are possible.`, 'requestMetadata');
  }
  let seen = 0;
  for (const name in metadata) {
    // More than can be sent and named.
    if (++seen > MAX_LOOKED_AT) break;
    const value = metadata[name];
    if (pairs.has(name)) continue;
    const isFine = typeof value === 'string' && METADATA_KEY.test(name) && METADATA_VALUE.test(value);
    if (isFine && pairs.size < MAX_PAIRS) pairs.set(name, value);
    else dropped.add(`metadata.${shown(name)}`);
  }
  // Object.fromEntries defines the keys, so that one named __proto__ stays data.
  return pairs.size > 0 ? Object.fromEntries(pairs) : undefined;
}

/** A name of the caller's in a header or a message. */
function shown(name: string): string {
  return name.replace(/[^\w.-]/g, '_').slice(0, 40);
}
