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
