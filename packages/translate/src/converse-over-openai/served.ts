/**
 * OpenAI's tiers in Bedrock's words; what Bedrock has no word for is left out.
 * Source: `service_tier` of the `openai` package, `ServiceTierType` of `@aws-sdk/client-bedrock-runtime` (read 2026-11-23).
 */
const tiers: ReadonlyMap<unknown, string> = new Map([
  ['default', 'default'],
  ['standard', 'default'],
  ['flex', 'flex'],
  ['priority', 'priority'],
  ['scale', 'reserved'],
]);

/** How a completion, or a chunk of one, says that it was served. */
export function servedFields(serviceTier: unknown): { readonly serviceTier?: { readonly type: string } } {
  const type = tiers.get(serviceTier);
  return type === undefined ? {} : { serviceTier: { type } };
}
