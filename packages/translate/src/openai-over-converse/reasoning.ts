import type { ConverseMessage, OpenaiChatRequest } from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';
import { lacksThinking } from '../thinking/lacks-thinking.ts';
import {
  type Display,
  planThinking,
  type ThinkingPlan,
  type ThinkingWish,
  type Thought,
} from '../thinking/plan-thinking.ts';

/** What is known when the model is told how to think. */
export interface ReasoningContext {
  readonly facts: ModelFacts;
  readonly maxTokens: number | undefined;
  /** The messages as the model gets them. */
  readonly messages: readonly ConverseMessage[];
}

/**
 * `thinking`, `reasoning_effort`, `reasoning` and `output_config` as the model takes them; undefined when none is given.
 * The first of them that is given counts, in this order.
 */
export function reasoningToConverse(
  request: OpenaiChatRequest,
  { facts, maxTokens, messages }: ReasoningContext,
  dropped: DroppedParams,
): ThinkingPlan | undefined {
  const asked = wishOf(request);
  if (asked === undefined) return undefined;
  const { wish, field } = asked;
  const plan = planThinking(wish, { facts, maxTokens, lacksThinking: lacksThinking(messages) });
  if (plan.outcome === 'ignored') dropped.add(field);
  if (plan.outcome === 'lowered' && wish.how === 'budget') dropped.add(`${field}.${wishedTokens[field]}`);
  if (plan.maxTokens === undefined && maxTokens !== undefined) {
    dropped.add(typeof request.max_completion_tokens === 'number' ? 'max_completion_tokens' : 'max_tokens');
  }
  return plan;
}

/** The field of a wish that holds its budget. */
const wishedTokens: Readonly<Record<string, string>> = { thinking: 'budget_tokens', reasoning: 'max_tokens' };

interface Asked {
  readonly wish: ThinkingWish;
  readonly field: 'thinking' | 'reasoning_effort' | 'reasoning' | 'output_config';
}

function wishOf(request: OpenaiChatRequest): Asked | undefined {
  const { thinking, reasoning, reasoning_effort: effort, output_config: output } = request;
  const outputEffort = thoughtOf(output?.effort);
  if (thinking) {
    const display = thinking.display ?? undefined;
    const more = { effort: outputEffort ?? thoughtOf(effort), ...(display === undefined ? {} : { display }) };
    if (thinking.type === 'disabled') return { wish: { how: 'off' }, field: 'thinking' };
    const tokens = thinking.type === 'enabled' ? thinking.budget_tokens : undefined;
    const wish: ThinkingWish =
      typeof tokens === 'number' ? { how: 'budget', tokens, ...more } : { how: 'adaptive', ...more };
    return { wish, field: 'thinking' };
  }
  if (effort) return { wish: wishOfEffort(effort), field: 'reasoning_effort' };
  if (reasoning) {
    const display: { display?: Display } = reasoning.exclude === true ? { display: 'omitted' } : {};
    if (reasoning.enabled === false) return { wish: { how: 'off' }, field: 'reasoning' };
    if (reasoning.effort) {
      const wish = wishOfEffort(reasoning.effort);
      const hidden = wish.how === 'effort' && reasoning.exclude === true;
      return { wish: hidden ? { how: 'adaptive', effort: wish.effort, ...display } : wish, field: 'reasoning' };
    }
    const { max_tokens: tokens, enabled } = reasoning;
    if (typeof tokens === 'number') return { wish: { how: 'budget', tokens, ...display }, field: 'reasoning' };
    return enabled === true
      ? { wish: { how: 'adaptive', effort: 'medium', ...display }, field: 'reasoning' }
      : undefined;
  }
  return outputEffort === undefined
    ? undefined
    : { wish: { how: 'effort', effort: outputEffort }, field: 'output_config' };
}

function wishOfEffort(effort: string): ThinkingWish {
  return effort === 'none' ? { how: 'off' } : { how: 'effort', effort: effort as Thought };
}

/** The parser has looked at the word. */
function thoughtOf(effort: string | null | undefined): Thought | undefined {
  return effort && effort !== 'none' ? (effort as Thought) : undefined;
}
