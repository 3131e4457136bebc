import type { FactRow, MediaFacts, ModelFacts, ModelFamily } from './model-facts.ts';

/** Sources that many rows have. */
export const features =
  'https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-supported-models-features.html';
export const caching = 'https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html';
export const prices =
  'LiteLLM 1.106.2, model_prices_and_context_window_backup.json: https://github.com/BerriAI/litellm';

export const textOnly: MediaFacts = {
  image: false,
  document: false,
  video: false,
  audio: false,
  inToolResult: { image: false, document: false, video: false },
};

/** One row of a table; `read` on 2026-11-23 where nothing else is said. */
export function row(
  family: ModelFamily,
  model: RegExp,
  facts: Partial<ModelFacts>,
  source: string,
  more: Partial<Pick<FactRow, 'versions' | 'read'>> = {},
): FactRow {
  return { family, model, facts, source, read: '2026-11-23', ...more };
}
