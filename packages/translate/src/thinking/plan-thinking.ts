import type { JsonObject } from '@genai-gateway/protocol';
import { type Effort, efforts, type ModelFacts } from '../model-facts/model-facts.ts';

/** What a caller asks of a model's thinking, in whatever API. `display`: what of it is shown. */
export type ThinkingWish =
  | { readonly how: 'off' }
  | { readonly how: 'effort'; readonly effort: Thought }
  | {
      readonly how: 'budget';
      readonly tokens: number;
      readonly effort?: Thought | undefined;
      readonly display?: Display;
    }
  | { readonly how: 'adaptive'; readonly effort?: Thought | undefined; readonly display?: Display };

/** An effort that is one. */
export type Thought = Exclude<Effort, 'none'>;
export type Display = 'summarized' | 'omitted';

export interface ThinkingContext {
  readonly facts: ModelFacts;
  /** What the caller allows the answer, the thinking included. */
  readonly maxTokens: number | undefined;
  /** Whether the conversation waits for the answer to a tool's result, and the call of it comes without its thinking. */
  readonly lacksThinking: boolean;
}

export interface ThinkingPlan {
  /** Goes into additionalModelRequestFields. */
  readonly fields: JsonObject;
  /** What inferenceConfig.maxTokens has to be; undefined: it is not sent. */
  readonly maxTokens: number | undefined;
  /**
   * What may stand beside it: `anything`; `little`: Claude's rules while it thinks (temperature 1, top_p from 0.95 on, no
   * top_k, no tool that must be called); `nothing`: neither temperature nor top_p nor maxTokens.
   */
  readonly beside: 'anything' | 'little' | 'nothing';
  /** `lowered`: with fewer tokens than asked for. `ignored`: the model does not do as it is told. */
  readonly outcome: 'as-asked' | 'lowered' | 'ignored';
}

/**
 * Tokens of thinking for an effort, where a model wants a number, and the efforts for a number.
 * Source: LiteLLM 1.106.2, constants.py (DEFAULT_REASONING_EFFORT_…_THINKING_BUDGET), https://github.com/BerriAI/litellm
 * (read 2026-11-23); callers who come from there get the same.
 */
const budgets: Readonly<Record<Thought, number>> = {
  minimal: 1_024,
  low: 1_024,
  medium: 2_048,
  high: 4_096,
  xhigh: 8_192,
  max: 16_384,
};

/** The smallest budget: https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html (as of 2026-11-23). */
const MIN_BUDGET = 1_024;

/** What is left for the answer itself when the caller names no limit, as LiteLLM and the Vercel AI SDK have it. */
const ANSWER_TOKENS = 4_096;

/**
 * How a model is told to think as its caller asks. A budget that does not fit under the caller's own limit is made
 * smaller, because OpenAI's limit includes the thinking; where not even the smallest fits, the model does not think.
 */
export function planThinking(wish: ThinkingWish, context: ThinkingContext): ThinkingPlan {
  const { reasoning } = context.facts;
  const { maxTokens } = context;
  const plan = (fields: JsonObject, more: Partial<ThinkingPlan> = {}): ThinkingPlan => ({
    fields,
    maxTokens,
    beside: 'anything',
    outcome: 'as-asked',
    ...more,
  });
  const ignored = (fields: JsonObject = {}): ThinkingPlan => plan(fields, { outcome: 'ignored' });
  switch (reasoning.how) {
    case 'none':
      return wish.how === 'off' ? plan({}) : ignored();
    case 'budget':
      return wish.how === 'off' ? plan({}) : withBudget(tokensOf(wish), context);
    case 'adaptive': {
      if (wish.how === 'off') return reasoning.always ? ignored() : plan({});
      if (wish.how === 'budget' && reasoning.budget) return withBudget(wish.tokens, context);
      const effort = wish.how === 'adaptive' ? wish.effort : effortOf(wish);
      const thinking = { type: 'adaptive', ...displayOf(wish) };
      const fields =
        effort === undefined ? { thinking } : { thinking, output_config: { effort: fit(effort, reasoning.efforts) } };
      return plan(fields, { beside: 'little' });
    }
    case 'nova': {
      if (wish.how === 'off') return plan({});
      const maxReasoningEffort = fit(effortOf(wish), reasoning.efforts);
      const fields = { reasoningConfig: { type: 'enabled', maxReasoningEffort } };
      // Source: https://github.com/UKGovernmentBEIS/inspect_ai/issues/3767 (read 2026-11-23).
      return maxReasoningEffort === 'high' ? plan(fields, { maxTokens: undefined, beside: 'nothing' }) : plan(fields);
    }
    case 'flat':
      if (wish.how !== 'off') return plan({ reasoning_effort: fit(effortOf(wish), reasoning.efforts) });
      return reasoning.always ? ignored({ reasoning_effort: fit('minimal', reasoning.efforts) }) : plan({});
    case 'nested': {
      if (wish.how !== 'off') return plan({ reasoning: { effort: fit(effortOf(wish), reasoning.efforts) } });
      const canStop = reasoning.efforts.includes('none');
      const effort = canStop ? 'none' : fit('minimal', reasoning.efforts);
      return canStop ? plan({ reasoning: { effort } }) : ignored({ reasoning: { effort } });
    }
  }
}

/**
 * A model refuses to think in the middle of its tool calls when it did not think before them, or when its thinking was
 * lost on the way; with adaptive thinking it does not mind.
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-adaptive-thinking.html (as of 2026-11-23).
 */
function withBudget(tokens: number, { facts, maxTokens, lacksThinking }: ThinkingContext): ThinkingPlan {
  const room = maxTokens ?? Math.min(tokens + ANSWER_TOKENS, facts.maxOutputTokens ?? Number.POSITIVE_INFINITY);
  if (lacksThinking || room <= MIN_BUDGET) return { fields: {}, maxTokens, beside: 'anything', outcome: 'ignored' };
  const fitting = tokens < room ? tokens : room - MIN_BUDGET;
  const budget = Math.max(fitting, MIN_BUDGET);
  return {
    fields: { thinking: { type: 'enabled', budget_tokens: budget } },
    maxTokens: room,
    beside: 'little',
    outcome: budget < tokens ? 'lowered' : 'as-asked',
  };
}

function tokensOf(wish: Exclude<ThinkingWish, { how: 'off' }>): number {
  return wish.how === 'budget' ? wish.tokens : budgets[effortOf(wish)];
}

function effortOf(wish: Exclude<ThinkingWish, { how: 'off' }>): Thought {
  if (wish.effort !== undefined) return wish.effort;
  if (wish.how !== 'budget') return 'medium';
  const { tokens } = wish;
  return (['xhigh', 'high', 'medium'] as const).find((effort) => tokens >= budgets[effort]) ?? 'low';
}

/** Thinking that nobody sees is the default of newer models; who asks for an effort in OpenAI's words wants to see it. */
function displayOf(wish: Exclude<ThinkingWish, { how: 'off' }>): { readonly display?: Display } {
  if (wish.how === 'effort') return { display: 'summarized' };
  return wish.display === undefined ? {} : { display: wish.display };
}

/** The effort itself, or the greatest below it, or the least that there is. */
function fit(effort: Effort, possible: readonly Effort[]): Effort {
  const thoughts = possible.filter((each) => each !== 'none');
  const at = efforts.indexOf(effort);
  return thoughts.findLast((each) => efforts.indexOf(each) <= at) ?? thoughts[0] ?? effort;
}
