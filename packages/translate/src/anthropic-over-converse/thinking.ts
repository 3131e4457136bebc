import type { AnthropicRequest, ConverseMessage } from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { efforts, type ModelFacts } from '../model-facts/model-facts.ts';
import { planThinking, type ThinkingPlan, type ThinkingWish, type Thought } from '../thinking/plan-thinking.ts';

/**
 * `thinking` and `output_config.effort` as the model is told them. What has no effect is dropped.
 * `lacksThinking`: as `lacksThinking` says it of the whole conversation.
 */
export function thinkingToConverse(
  request: AnthropicRequest,
  facts: ModelFacts,
  lacksThinking: boolean,
  dropped: DroppedParams,
): ThinkingPlan {
  const maxTokens = request.max_tokens;
  const wish = wishOf(request, dropped);
  if (wish === undefined) return nothingAsked(maxTokens);
  const plan = planThinking(wish, { facts, maxTokens, lacksThinking });
  // Claude's effort is about all that it writes, and asks for no thinking by itself.
  if (!request.thinking && facts.reasoning.how === 'adaptive') {
    const { output_config } = plan.fields;
    return { ...nothingAsked(maxTokens), fields: output_config === undefined ? {} : { output_config } };
  }
  if (plan.outcome === 'ignored') dropped.add(request.thinking ? 'thinking' : 'output_config.effort');
  if (plan.outcome === 'lowered') dropped.add('thinking.budget_tokens');
  return plan;
}

function nothingAsked(maxTokens: number | undefined): ThinkingPlan {
  return { fields: {}, maxTokens, beside: 'anything', outcome: 'as-asked' };
}

function wishOf(
  { thinking, output_config: config }: AnthropicRequest,
  dropped: DroppedParams,
): ThinkingWish | undefined {
  const effort = effortOf(config?.effort, dropped);
  const given = effort === undefined ? {} : { effort };
  switch (thinking?.type) {
    case undefined:
      return effort === undefined ? undefined : { how: 'adaptive', effort };
    case 'disabled':
      if (effort !== undefined) dropped.add('output_config.effort');
      return { how: 'off' };
    case 'enabled':
      return { how: 'budget', tokens: thinking?.budget_tokens ?? 0, ...given, ...displayOf(thinking?.display) };
    case 'adaptive':
    case 'between_tools':
      return { how: 'adaptive', ...given, ...displayOf(thinking?.display) };
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

/** Whether the model is to go on from a tool's result, and its call comes without the thinking before it. */
export function lacksThinking(messages: readonly ConverseMessage[]): boolean {
  const [call, result] = messages.slice(-2);
  if (call?.role !== 'assistant' || result?.content.some((block) => 'toolResult' in block) !== true) return false;
  return !call.content.some((block) => 'reasoningContent' in block);
}
