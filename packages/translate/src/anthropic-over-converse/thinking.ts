import type { AnthropicMessage, AnthropicRequest, ConverseMessage } from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { efforts, type ModelFacts } from '../model-facts/model-facts.ts';
import { lacksThinking } from '../thinking/lacks-thinking.ts';
import { planThinking, type ThinkingPlan, type ThinkingWish, type Thought } from '../thinking/plan-thinking.ts';

export interface ThinkingContext {
  readonly facts: ModelFacts;
  readonly maxTokens: number | undefined;
  /** The messages as the model gets them. */
  readonly messages: readonly (AnthropicMessage | ConverseMessage)[];
}

/** `thinking` and `output_config.effort` as the model is told them. What has no effect is dropped. */
export function thinkingPlan(
  request: AnthropicRequest,
  { facts, maxTokens, messages }: ThinkingContext,
  dropped: DroppedParams,
): ThinkingPlan {
  const nothing: ThinkingPlan = { fields: {}, maxTokens, beside: 'anything', outcome: 'as-asked' };
  const wish = wishOf(request, dropped);
  if (wish === undefined) return nothing;
  const { how } = facts.reasoning;
  // Claude's effort is about all that it writes, and asks for no thinking by itself.
  if (!request.thinking && how === 'budget') {
    dropped.add('output_config.effort');
    return nothing;
  }
  const plan = planThinking(wish, { facts, maxTokens, lacksThinking: lacksThinking(messages) });
  if (!request.thinking && how === 'adaptive') {
    const { output_config } = plan.fields;
    return output_config === undefined ? nothing : { ...nothing, fields: { output_config } };
  }
  // A budget says how much it thinks, and leaves no place for the effort.
  const isLost = wish.how === 'budget' && wish.effort !== undefined && plan.fields['output_config'] === undefined;
  if (isLost && (how === 'budget' || how === 'adaptive')) dropped.add('output_config.effort');
  if (plan.outcome === 'ignored') dropped.add(request.thinking ? 'thinking' : 'output_config.effort');
  if (plan.outcome === 'lowered') dropped.add('thinking.budget_tokens');
  if (plan.maxTokens === undefined && maxTokens !== undefined) dropped.add('max_tokens');
  return plan;
}

function wishOf(
  { thinking, output_config: config }: AnthropicRequest,
  dropped: DroppedParams,
): ThinkingWish | undefined {
  const effort = effortOf(config?.effort, dropped);
  const more = { ...(effort === undefined ? {} : { effort }), ...displayOf(thinking?.display) };
  switch (thinking?.type) {
    case undefined:
      return effort === undefined ? undefined : { how: 'adaptive', effort };
    case 'disabled':
      if (effort !== undefined) dropped.add('output_config.effort');
      return { how: 'off' };
    case 'enabled':
      return { how: 'budget', tokens: thinking?.budget_tokens ?? 0, ...more };
    case 'adaptive':
    case 'between_tools':
      return { how: 'adaptive', ...more };
    default:
      dropped.add('thinking');
      return undefined;
  }
}

function effortOf(value: unknown, dropped: DroppedParams): Thought | undefined {
  if (value === undefined || value === null) return undefined;
  const known = efforts.find((each): each is Thought => each === value && each !== 'none');
  if (known === undefined) dropped.add('output_config.effort');
  return known;
}

function displayOf(value: unknown): { readonly display?: 'summarized' | 'omitted' } {
  return value === 'summarized' || value === 'omitted' ? { display: value } : {};
}
