import { errorCodes } from '@genai-gateway/core';
import type { UsageEvent } from '@genai-gateway/governance';
import fc from 'fast-check';

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
/** Of all letters; and of what JSON and Postgres cannot hold as it is: quotes, control characters, halves of letters. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom('"', '\\', '\n', '\0', '\u2028', '\ud83d', '\ude00', '😀', 'é', 'a') }),
);
const moment = fc.integer({ min: 0, max: 8.64e15 });
const count = fc.nat();

const usage = fc
  .record(
    {
      inputTokens: count,
      outputTokens: count,
      cacheReadTokens: count,
      cacheWriteTokens: count,
      reasoningTokens: count,
      serviceTier: text,
    },
    { requiredKeys: [] },
  )
  .map((each) => ({ ...each }));

const payer = fc.record({
  keyHash: text,
  keyAlias: optional(text),
  userId: optional(text),
  teamId: optional(text),
  teamAlias: optional(text),
  organizationId: optional(text),
  projectId: optional(text),
  endUserId: optional(text),
  tags: fc.array(text),
  accessGroups: fc.array(text),
});

/** Any usage event. */
export const usageEvents: fc.Arbitrary<UsageEvent> = fc.record({
  requestId: fc.uuid(),
  payer: payer.map((each) => ({ ...each })),
  operation: text,
  endpoint: text,
  stream: fc.boolean(),
  requestedModel: text,
  modelId: optional(text),
  region: optional(text),
  deploymentId: optional(text),
  startedAtMs: moment,
  firstByteAtMs: optional(moment),
  endedAtMs: moment,
  end: fc.constantFrom('delivered', 'cut', 'refused'),
  errorCode: optional(fc.constantFrom(...errorCodes)),
  errorMessage: optional(text),
  usage: optional(usage),
  isEstimate: fc.boolean(),
  costNanoUsd: fc.bigInt({ min: 0n, max: 10n ** 15n }),
});
