import type { JsonObject } from '../json.ts';
import type { PlannedReply } from '../reply/plan.ts';
import { tokensOfText } from '../reply/tokens.ts';

interface Counts {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly reasoning: number;
}

/** In tokens. OpenAI's input includes what came from the cache and what was written to it. */
function countsOf({ usage, blocks }: PlannedReply): Counts {
  const cached = usage.cacheReadInputTokens ?? 0;
  const reasoning = blocks.flatMap((block) => (block.kind === 'reasoning' ? block.deltas : [])).join('');
  return {
    input: usage.inputTokens + cached + (usage.cacheWriteInputTokens ?? 0),
    cached,
    output: usage.outputTokens,
    reasoning: Math.min(tokensOfText(reasoning), usage.outputTokens),
  };
}

/** `usage` of chat and completions; each of `choices` answers is paid for, the prompt once. */
export function completionUsage(reply: PlannedReply, choices: number): JsonObject {
  const { input, cached, output, reasoning } = countsOf(reply);
  return {
    prompt_tokens: input,
    completion_tokens: output * choices,
    total_tokens: input + output * choices,
    prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoning * choices,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

/** `usage` of Responses. */
export function responseUsage(reply: PlannedReply): JsonObject {
  const { input, cached, output, reasoning } = countsOf(reply);
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
}
