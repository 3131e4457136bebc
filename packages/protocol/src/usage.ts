/**
 * Tokens a provider reported for one call. `undefined` means that it did not report the figure,
 * `0` that it reported none.
 */
export interface Usage {
  /** Tokens of the prompt that were neither read from nor written to the prompt cache. */
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cacheReadTokens?: number;
  readonly cacheWriteTokens?: number;
}

/** `usage` of a Converse answer or `metadata` event, as ours; undefined when there is none. */
export function usageFromConverse(value: unknown): Usage | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  const wire = value as Record<string, unknown>;
  return pick(wire['inputTokens'], wire['outputTokens'], wire['cacheReadInputTokens'], wire['cacheWriteInputTokens']);
}

/** `usage` of an Anthropic Messages answer (the body of InvokeModel for Claude), as ours. */
export function usageFromAnthropic(value: unknown): Usage | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  const wire = value as Record<string, unknown>;
  return pick(
    wire['input_tokens'],
    wire['output_tokens'],
    wire['cache_read_input_tokens'],
    wire['cache_creation_input_tokens'],
  );
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
  const details = wire['prompt_tokens_details'];
  const inner = details !== null && typeof details === 'object' ? (details as Record<string, unknown>) : {};
  const cacheRead = inner['cached_tokens'];
  const cacheWrite = inner['cache_write_tokens'] ?? inner['cache_creation_tokens'];
  const prompt = wire['prompt_tokens'];
  const cached = (isCount(cacheRead) ? cacheRead : 0) + (isCount(cacheWrite) ? cacheWrite : 0);
  if (prompt === 0 && cached === 0) return undefined;
  const input = isCount(prompt) && prompt >= cached ? prompt - cached : prompt;
  return pick(input, wire['completion_tokens'], cacheRead, cacheWrite);
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
