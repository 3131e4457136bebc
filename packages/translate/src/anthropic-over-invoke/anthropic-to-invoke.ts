import type { AnthropicRequest, AnthropicTextBlock, AnthropicToolChoice, JsonObject } from '@genai-gateway/protocol';
import { stopSequencesOf } from '../anthropic-over-converse/parameters.ts';
import { thinkingPlan } from '../anthropic-over-converse/thinking.ts';
import { applyFieldRules } from '../anthropic-over-converse/unsupported.ts';
import { betaNames } from '../asked-betas.ts';
import { DroppedParams } from '../dropped-params.ts';
import { hashedUser } from '../hashed-user.ts';
import { isRecord, withoutUndefined } from '../json.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';
import { modelFactsOf } from '../model-facts/model-facts-of.ts';
import { samplingOf } from '../sampling.ts';
import type { ThinkingPlan } from '../thinking/plan-thinking.ts';
import { Betas } from './betas.ts';
import { cacheMark, withLastMark } from './cache-marks.ts';
import { contextEdits } from './context-management.ts';
import { type InvokeMessages, messagesToInvoke } from './messages.ts';
import { outputToInvoke } from './output-config.ts';
import { toolsToInvoke } from './tools.ts';

export interface AnthropicToInvokeContext {
  /** The Claude that is going to be called. */
  readonly modelId: string;
  /** What the header `anthropic-beta` asks for. */
  readonly betas?: readonly string[] | undefined;
}

export interface AnthropicAsInvoke {
  /** The body of InvokeModel and InvokeModelWithResponseStream. */
  readonly body: JsonObject;
  /** Fields of the request that have no effect, safe to put into a header. */
  readonly droppedParams: readonly string[];
}

/**
 * The version of the body that Bedrock wants to be named.
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html
 * (as of 2026-11-23).
 */
const BEDROCK_VERSION = 'bedrock-2023-05-31';

/**
 * A request of the Messages API that `parseAnthropicRequest` let through, as the body of InvokeModel for a Claude. Model and
 * streaming are in the address there. What the model would refuse is left out and named, or changed as the model wants it; the
 * rest goes through. Throws `invalid-request` for what Bedrock has nothing for.
 */
export function anthropicToInvoke(
  request: AnthropicRequest,
  { modelId, betas: asked }: AnthropicToInvokeContext,
): AnthropicAsInvoke {
  const dropped = new DroppedParams();
  applyFieldRules(request, dropped, invokeFields);
  const facts = modelFactsOf(modelId);
  const betas = new Betas(betaNames(request, asked), facts, dropped);
  const { system, messages } = messagesToInvoke(request, facts);
  const thinking = thinkingPlan(request, { facts, maxTokens: request.max_tokens, messages }, dropped);
  const { temperature, topP, topK } = samplingOf(request, facts, thinking.beside, dropped);
  const tools = request.tools?.length ? toolsToInvoke(request.tools, facts, betas, dropped) : undefined;
  const output = outputToInvoke(request, facts, dropped);
  const planned = thinking.fields['output_config'];
  const outputConfig = { ...(isRecord(planned) ? planned : {}), ...output.fields };
  const user = request.metadata?.user_id;
  const mark = request.cache_control;
  const contextManagement = contextEdits(request.context_management, betas, dropped);
  const { safeguards } = request as { readonly safeguards?: unknown };
  const body = withoutUndefined({
    anthropic_version: BEDROCK_VERSION,
    max_tokens: request.max_tokens === undefined ? undefined : (thinking.maxTokens ?? request.max_tokens),
    system: withNote(system, output.systemNote),
    messages: mark ? withLastMark(messages, cacheMark(mark, facts)) : messages,
    tools,
    tool_choice: choiceToInvoke(request.tool_choice ?? undefined, facts, thinking, dropped),
    thinking: thinkingField(request.thinking, thinking),
    output_config: Object.keys(outputConfig).length > 0 ? outputConfig : undefined,
    temperature,
    top_p: topP,
    top_k: topK,
    stop_sequences: stopSequencesOf(request, facts, dropped),
    metadata: user ? { user_id: hashedUser(user) } : undefined,
    context_management: contextManagement,
    safeguards: safeguards !== undefined && betas.has('dangerous-tool-use-2026-09-03') ? safeguards : undefined,
  });
  const known = betas.list();
  // Everything in it came as JSON, or is.
  const json = body as unknown as JsonObject;
  return { body: known.length === 0 ? json : { ...json, anthropic_beta: known }, droppedParams: dropped.list() };
}

/** Fields that Bedrock takes for a Claude and Converse has no place for. */
const invokeFields = ['context_management', 'safeguards'];

function withNote(system: InvokeMessages['system'], note: string | undefined): InvokeMessages['system'] {
  if (note === undefined) return system;
  const texts: readonly AnthropicTextBlock[] =
    typeof system === 'string' ? [{ type: 'text', text: system }] : (system ?? []);
  return [...texts, { type: 'text', text: note }];
}

/** What the caller said of its thinking stays beside what the model is told. */
function thinkingField(asked: AnthropicRequest['thinking'], { fields, outcome }: ThinkingPlan): JsonObject | undefined {
  const planned = fields['thinking'];
  if (isRecord(planned)) return { ...(planned['type'] === asked?.type ? asked : {}), ...planned } as JsonObject;
  return asked?.type === 'disabled' && outcome !== 'ignored' ? { type: 'disabled' } : undefined;
}

/** A choice that forces a call is none beside thinking, and with models that take none. */
function choiceToInvoke(
  choice: AnthropicToolChoice | undefined,
  facts: ModelFacts,
  { beside }: ThinkingPlan,
  dropped: DroppedParams,
): JsonObject | undefined {
  if (choice === undefined || choice.type === 'none') return choice;
  const isForced = choice.type === 'any' || choice.type === 'tool';
  if (!isForced || (beside !== 'little' && facts.forcedTools !== 'none')) return { ...choice };
  dropped.add('tool_choice');
  return withoutUndefined({ type: 'auto', disable_parallel_tool_use: choice.disable_parallel_tool_use });
}
