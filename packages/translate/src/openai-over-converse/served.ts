import type { JsonValue, OpenaiServedTier, OpenaiTrace } from '@genai-gateway/protocol';
import { isRecord } from '../json.ts';

/**
 * Bedrock's tiers in OpenAI's words. Clients check the word, so one that OpenAI has not is left out.
 * Source: `ServiceTierType` of `@aws-sdk/client-bedrock-runtime`, `service_tier` of the `openai` package (read 2026-11-23).
 */
const tiers: ReadonlyMap<unknown, OpenaiServedTier> = new Map([
  ['default', 'default'],
  ['flex', 'flex'],
  ['priority', 'priority'],
  ['reserved', 'scale'],
]);

/** What a whole answer, or the `metadata` of a stream, says of how the call was served. */
export function servedFields(
  { serviceTier, trace }: Readonly<Record<string, unknown>>,
  showsTrace: boolean,
): { readonly service_tier?: OpenaiServedTier; readonly trace?: OpenaiTrace } {
  const tier = isRecord(serviceTier) ? tiers.get(serviceTier['type']) : undefined;
  const guardrail = showsTrace && isRecord(trace) ? trace['guardrail'] : undefined;
  return {
    ...(tier === undefined ? {} : { service_tier: tier }),
    ...(guardrail === undefined ? {} : { trace: { guardrail: guardrail as JsonValue } }),
  };
}

/**
 * `additionalModelResponseFields` as the caller gets them: without the model's own usage, which is in `usage`, and only where
 * something is left.
 */
export function responseFields(fields: unknown): { readonly additionalModelResponseFields?: JsonValue } {
  if (!isRecord(fields)) return {};
  const { usage: _usage, ...others } = fields;
  return Object.keys(others).length > 0 ? { additionalModelResponseFields: others as JsonValue } : {};
}
