import type {
  AnthropicCacheControl,
  AnthropicRequest,
  ConverseContentBlock,
  ConverseRequest,
} from '@genai-gateway/protocol';
import { betaFields } from '../asked-betas.ts';
import type { ContinueConverseContext } from '../conversation/continue-converse.ts';
import { DroppedParams } from '../dropped-params.ts';
import { hashedUser } from '../hashed-user.ts';
import { modelFactsOf } from '../model-facts/model-facts-of.ts';
import type { OpenaiAsConverse } from '../openai-over-converse/openai-to-converse.ts';
import { countCachePoints } from '../openai-over-converse/stored-messages.ts';
import type { PromptParts } from '../prompt/prompt-parts.ts';
import { withParameters } from '../prompt/with-prompt.ts';
import { fitCachePoints } from '../prompt-caching/fit-cache-points.ts';
import { pointOf } from '../prompt-caching/marks.ts';
import { callsInWords } from '../tools/calls-in-words.ts';
import { ToolNameMap } from '../tools/tool-names.ts';
import { withSystem } from '../with-system.ts';
import { BlockReader } from './block-reader.ts';
import { messagesToConverse } from './messages.ts';
import { outputFormatToConverse } from './output-format.ts';
import { maxTokensOf, parametersToConverse } from './parameters.ts';
import { thinkingPlan } from './thinking.ts';
import { offeredTools, toolsToConverse } from './tools.ts';
import { applyFieldRules } from './unsupported.ts';

export interface AnthropicToConverseContext extends ContinueConverseContext {
  /** The managed prompt that was called: its system text, tools and parameters. Its messages are part of `before`. */
  readonly prompt?: PromptParts | undefined;
  /** What the header `anthropic-beta` asks for. */
  readonly betas?: readonly string[] | undefined;
}

export interface AnthropicAsConverse extends OpenaiAsConverse {
  /** What the translation of the answer needs to say which sequence ended it. */
  readonly stopSequences: readonly string[];
}

/**
 * A request of the Messages API that `parseAnthropicRequest` let through, as the body of Converse and ConverseStream. The same
 * input always gives the same output.
 * Throws `invalid-request` when it asks for something that would silently be lost.
 */
export function anthropicToConverse(
  request: AnthropicRequest,
  { modelId, before = [], system: systemBefore = [], prompt, betas }: AnthropicToConverseContext,
): AnthropicAsConverse {
  const dropped = new DroppedParams();
  applyFieldRules(request, dropped);
  const facts = modelFactsOf(modelId);
  const names = new ToolNameMap(facts.hyphenInToolNames);
  const lead = [...(prompt?.system ?? []), ...systemBefore];
  const cachePoints = countCachePoints({ system: lead, toolConfig: prompt?.toolConfig });
  const reader = new BlockReader(facts, names, dropped);
  const earlier = { before, cachePoints, facts, names, reader };
  const { system, usedNames, ...said } = messagesToConverse(request, earlier);
  const messages = facts.tools ? said.messages : callsInWords(said.messages);
  const offered = offeredTools(request, names, facts, dropped);
  const json = outputFormatToConverse(request, facts, names);
  const maxTokens = maxTokensOf(request, facts);
  const thinking = thinkingPlan(request, { facts, maxTokens, messages }, dropped);
  const tools = toolsToConverse(
    request,
    { offered, usedNames, promptTools: prompt?.toolConfig, json, mayForce: thinking.beside !== 'little' },
    names,
    facts,
    dropped,
  );
  const { inferenceConfig, fields } = parametersToConverse(request, facts, thinking, dropped);
  const additional = {
    ...fields,
    ...thinking.fields,
    ...tools.additionalModelRequestFields,
    ...betaFields(request, betas, facts, dropped),
  };
  const notes = [tools.systemNote, json?.by === 'note' ? json.note : undefined];
  const converse = withSystem(messages, [...lead, ...system], notes, facts);
  if (Object.keys(inferenceConfig).length > 0) converse.inferenceConfig = inferenceConfig;
  if (tools.toolConfig !== undefined) converse.toolConfig = tools.toolConfig;
  if (json?.by === 'config') converse.outputConfig = json.outputConfig;
  if (Object.keys(additional).length > 0) converse.additionalModelRequestFields = additional;
  const user = request.metadata?.user_id;
  if (user) converse.requestMetadata = { user: hashedUser(user) };
  const { stopSequences = [] } = inferenceConfig;
  // Claude says which of them it was; who has only one knows.
  if (stopSequences.length > 1 && facts.family === 'claude') {
    converse.additionalModelResponseFieldPaths = ['/stop_sequence'];
  }
  const whole = prompt === undefined ? converse : withParameters(converse, prompt, { modelId });
  const fitted = fitCachePoints(request.cache_control ? withLastPoint(whole, request.cache_control) : whole, facts);
  for (const where of fitted.lost) dropped.add(where === 'ttl' ? 'cache_control.ttl' : `${where}.cache_control`);
  return {
    request: fitted.request,
    droppedParams: dropped.list(),
    toolNames: names.changed,
    stopSequences,
    ...(tools.jsonTool === undefined ? {} : { jsonTool: tools.jsonTool }),
  };
}

/** A mark on the whole request means its last block. */
function withLastPoint(request: ConverseRequest, mark: AnthropicCacheControl): ConverseRequest {
  const point = pointOf({ cache_control: mark });
  const last = request.messages?.at(-1);
  if (point === undefined || last === undefined || isPoint(last.content.at(-1))) return request;
  const marked = { ...last, content: [...last.content, point] };
  return { ...request, messages: [...(request.messages ?? []).slice(0, -1), marked] };
}

function isPoint(block: ConverseContentBlock | undefined): boolean {
  return block !== undefined && 'cachePoint' in block;
}
