import { objectOf } from './object.ts';

/**
 * What a provider reported for one call: what was used, and what its price depends on. `undefined` means that it did not report the figure,
 * `0` that it reported none.
 */
export interface Usage {
  /** Tokens of the prompt that were neither read from nor written to the prompt cache. */
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cacheReadTokens?: number;
  /** All tokens that were written to the prompt cache, for however long. */
  readonly cacheWriteTokens?: number;
  /** Those of `cacheWriteTokens` that the cache keeps for an hour. */
  readonly cacheWriteOneHourTokens?: number;
  /** Those of `outputTokens` that the model thought with. */
  readonly reasoningTokens?: number;
  /** Pictures that were embedded. */
  readonly inputImages?: number;
  /** Pictures that were made. */
  readonly outputImages?: number;
  /** Searches of a reranking. */
  readonly inputQueries?: number;
  /** What guardrails examined, by Bedrock's names for its units: `topicPolicyUnits`, … */
  readonly guardrailUnits?: Readonly<Record<string, number>>;
  /** How Bedrock served the call: `default`, `flex`, `priority`, `reserved`. */
  readonly serviceTier?: string;
  /** The model that a prompt router chose, as one would call it. */
  readonly invokedModelId?: string;
}

/**
 * `usage` of a Converse answer or `metadata` event, as ours; undefined when there is none. Converse itself does not count what
 * a model thought: `responseFields`, the answer's or the `messageStop` event's `additionalModelResponseFields`, has Claude's
 * own count where the request asked for it (`/usage/output_tokens_details`).
 * Source: litellm 1.106.2, llms/bedrock/chat/converse_transformation.py `thinking_tokens_from_additional_fields` (read 2026-11-23).
 */
export function usageFromConverse(value: unknown, responseFields?: unknown): Usage | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  const wire = value as Record<string, unknown>;
  const written = wire['cacheWriteInputTokens'];
  const counted = pick(wire['inputTokens'], wire['outputTokens'], wire['cacheReadInputTokens'], written);
  const usage = withOneHour(counted, converseOneHour(wire['cacheDetails'], written));
  if (usage === undefined || responseFields === undefined) return usage;
  const thinking = objectOf(objectOf(objectOf(responseFields)['usage'])['output_tokens_details'])['thinking_tokens'];
  return isCount(thinking) ? { ...usage, reasoningTokens: thinking } : usage;
}

/** `usage` of an Anthropic Messages answer (the body of InvokeModel for Claude), as ours. */
export function usageFromAnthropic(value: unknown): Usage | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  const wire = value as Record<string, unknown>;
  const usage = pick(
    wire['input_tokens'],
    wire['output_tokens'],
    wire['cache_read_input_tokens'],
    wire['cache_creation_input_tokens'],
  );
  const thinking = objectOf(wire['output_tokens_details'])['thinking_tokens'];
  const known = withOneHour(usage, objectOf(wire['cache_creation'])['ephemeral_1h_input_tokens']);
  return known !== undefined && isCount(thinking) ? { ...known, reasoningTokens: thinking } : known;
}

/**
 * `amazon-bedrock-invocationMetrics`, which Bedrock adds to the last chunk of
 * InvokeModelWithResponseStream, or the same counts from the headers of InvokeModel.
 */
export function usageFromInvocationMetrics(value: unknown): Usage | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  const wire = value as Record<string, unknown>;
  return pick(
    wire['inputTokenCount'],
    wire['outputTokenCount'],
    wire['cacheReadInputTokenCount'],
    wire['cacheWriteInputTokenCount'],
  );
}

/**
 * `usage` of an OpenAI chat completion or of its last chunk, as ours, from OpenAI itself and from LiteLLM.
 * There `prompt_tokens` includes what was read from and written to the cache; a count of cached tokens
 * above it can only mean that this provider's does not. LiteLLM writes 0 where a provider reported nothing
 * (litellm 1.106.2 types/utils.py, read 2026-11-23), and no prompt has 0 tokens: that is unknown, too.
 */
export function usageFromOpenai(value: unknown): Usage | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  const wire = value as Record<string, unknown>;
  const inner = objectOf(wire['prompt_tokens_details']);
  const cacheRead = inner['cached_tokens'];
  const cacheWrite = inner['cache_write_tokens'] ?? inner['cache_creation_tokens'];
  const prompt = wire['prompt_tokens'];
  const cached = (isCount(cacheRead) ? cacheRead : 0) + (isCount(cacheWrite) ? cacheWrite : 0);
  if (prompt === 0 && cached === 0) return undefined;
  const input = isCount(prompt) && prompt >= cached ? prompt - cached : prompt;
  const counts = pick(input, wire['completion_tokens'], cacheRead, cacheWrite);
  const usage = withOneHour(counts, objectOf(inner['cache_creation_token_details'])['ephemeral_1h_input_tokens']);
  const reasoning = objectOf(wire['completion_tokens_details'])['reasoning_tokens'];
  return usage !== undefined && isCount(reasoning) && reasoning > 0 ? { ...usage, reasoningTokens: reasoning } : usage;
}

/**
 * What the body of an answer of InvokeModel says of its usage, for models that tell it there and nowhere else:
 * the tokens of Titan's embeddings, and how many pictures were made.
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html (as of 2026-11-23).
 */
export function usageFromInvokeBody(value: unknown): Usage | undefined {
  const wire = objectOf(value);
  const anthropic = usageFromAnthropic(wire['usage']);
  if (anthropic !== undefined) return anthropic;
  const usage = pick(wire['inputTextTokenCount'], undefined, undefined, undefined);
  const pictures = wire['images'] ?? wire['artifacts'];
  return Array.isArray(pictures) ? { ...usage, outputImages: pictures.length } : usage;
}

/** Of `cacheDetails`, which are believed only where they account for all that was written to the cache. */
function converseOneHour(details: unknown, written: unknown): number | undefined {
  if (!Array.isArray(details) || details.length === 0) return undefined;
  let oneHour = 0;
  let known = 0;
  for (const each of details.map(objectOf)) {
    const tokens = each['inputTokens'];
    if (!isCount(tokens) || (each['ttl'] !== '5m' && each['ttl'] !== '1h')) return undefined;
    known += tokens;
    if (each['ttl'] === '1h') oneHour += tokens;
  }
  return known === written ? oneHour : undefined;
}

function withOneHour(usage: Usage | undefined, oneHour: unknown): Usage | undefined {
  if (usage === undefined || !isCount(oneHour)) return usage;
  return { ...usage, cacheWriteOneHourTokens: oneHour };
}

function pick(input: unknown, output: unknown, cacheRead: unknown, cacheWrite: unknown): Usage | undefined {
  const usage: { -readonly [K in keyof Usage]: Usage[K] } = {};
  if (isCount(input)) usage.inputTokens = input;
  if (isCount(output)) usage.outputTokens = output;
  if (isCount(cacheRead)) usage.cacheReadTokens = cacheRead;
  if (isCount(cacheWrite)) usage.cacheWriteTokens = cacheWrite;
  return Object.keys(usage).length > 0 ? usage : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
