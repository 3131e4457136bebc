import type { ConverseRequest, JsonObject, OpenaiChatRequest } from '@genai-gateway/protocol';
import { betaFields } from '../asked-betas.ts';
import type { ContinueConverseContext } from '../conversation/continue-converse.ts';
import { DroppedParams } from '../dropped-params.ts';
import { isRecord } from '../json.ts';
import { modelFactsOf } from '../model-facts/model-facts-of.ts';
import type { PromptParts } from '../prompt/prompt-parts.ts';
import { withParameters } from '../prompt/with-prompt.ts';
import { fitCachePoints } from '../prompt-caching/fit-cache-points.ts';
import { callsInWords } from '../tools/calls-in-words.ts';
import { ToolNameMap, type ToolNames } from '../tools/tool-names.ts';
import { withSystem } from '../with-system.ts';
import { withoutLegacyFunctions } from './legacy-functions.ts';
import { messagesToConverse } from './messages.ts';
import { offeredTools } from './offered-tools.ts';
import { maxTokensOf, parametersToConverse } from './parameters.ts';
import { reasoningToConverse } from './reasoning.ts';
import { responseFormatToConverse } from './response-format.ts';
import { servingToConverse } from './serving.ts';
import { countCachePoints } from './stored-messages.ts';
import { toolsToConverse } from './tools.ts';
import { applyFieldRules } from './unsupported.ts';

export interface OpenaiToConverseContext extends ContinueConverseContext {
  /** The managed prompt that was called: its system text, tools and parameters. Its messages are part of `before`. */
  readonly prompt?: PromptParts | undefined;
  /** The header `anthropic-beta` as it came. */
  readonly anthropicBeta?: string | undefined;
}

export interface OpenaiAsConverse {
  readonly request: ConverseRequest;
  /** Fields of the request that have no effect, safe to put into a header. */
  readonly droppedParams: readonly string[];
  /** What the translation of the answer needs to give the caller its own tool names back. */
  readonly toolNames: ToolNames;
  /** The upstream name of a tool that the translation added: its input is the answer in JSON that the caller asked for. */
  readonly jsonTool?: string;
}

/**
 * An OpenAI chat request that `parseOpenaiChatRequest` let through, as the body of Converse and
 * ConverseStream. The same input always gives the same output.
 * Throws `invalid-request` when it asks for something that would silently be lost.
 */
export function openaiToConverse(
  given: OpenaiChatRequest,
  { modelId, before = [], system: systemBefore = [], prompt, anthropicBeta }: OpenaiToConverseContext,
): OpenaiAsConverse {
  const dropped = new DroppedParams();
  const facts = modelFactsOf(modelId);
  const modelFields = applyFieldRules(given, facts, dropped);
  const request = withoutLegacyFunctions(given);
  const names = new ToolNameMap(facts.hyphenInToolNames);
  const lead = [...(prompt?.system ?? []), ...systemBefore];
  const cachePoints = countCachePoints({ system: lead, toolConfig: prompt?.toolConfig });
  const earlier = { before, cachePoints };
  const { system, usedNames, ...said } = messagesToConverse(request.messages, earlier, names, facts, dropped);
  const messages = facts.tools ? said.messages : callsInWords(said.messages);
  const offered = offeredTools(request, names, facts, dropped);
  const json = responseFormatToConverse(request, facts, names);
  const thinking = reasoningToConverse(request, { facts, maxTokens: maxTokensOf(request, facts), messages }, dropped);
  const tools = toolsToConverse(
    request,
    { offered, usedNames, promptTools: prompt?.toolConfig, json, mayForce: thinking?.beside !== 'little' },
    names,
    facts,
    dropped,
  );
  const parameters = parametersToConverse(request, facts, thinking, dropped);
  const additional: JsonObject = {
    ...modelFields,
    ...parameters.fields,
    ...thinking?.fields,
    ...tools.additionalModelRequestFields,
    ...betaFields(request, anthropicBeta, facts, dropped),
  };
  const notes = [tools.systemNote, json?.by === 'note' ? json.note : undefined];
  const converse = withSystem(messages, [...lead, ...system], notes, facts);
  if (parameters.inferenceConfig !== undefined) converse.inferenceConfig = parameters.inferenceConfig;
  if (tools.toolConfig !== undefined) converse.toolConfig = tools.toolConfig;
  if (json?.by === 'config') converse.outputConfig = json.outputConfig;
  if (Object.keys(additional).length > 0) converse.additionalModelRequestFields = additional;
  Object.assign(converse, servingToConverse(request, dropped));
  const paths = pathsOfUsage(converse.additionalModelResponseFieldPaths, additional);
  if (paths !== undefined) converse.additionalModelResponseFieldPaths = paths;
  const prompted = prompt === undefined ? converse : withParameters(converse, prompt, { modelId });
  const fitted = fitCachePoints(prompted, facts);
  for (const what of fitted.lost) dropped.add(lostPoints[what]);
  return {
    request: fitted.request,
    droppedParams: dropped.list(),
    toolNames: names.changed,
    ...(tools.jsonTool === undefined ? {} : { jsonTool: tools.jsonTool }),
  };
}

/** That Converse takes. */
const MOST_PATHS = 10;

/**
 * A Claude that thinks is asked how much it did: Converse itself does not tell. `usageFromConverse` reads it.
 * Source: litellm 1.106.2, llms/bedrock/chat/converse_transformation.py `_transform_request_helper` (read 2026-11-23).
 */
function pathsOfUsage(paths: readonly string[] | undefined, fields: JsonObject): readonly string[] | undefined {
  const wanted = '/usage/output_tokens_details';
  const thinks = isRecord(fields['thinking']) && fields['thinking']['type'] !== 'disabled';
  if (!thinks || paths?.includes(wanted) || (paths ?? []).length >= MOST_PATHS) return paths;
  return [...(paths ?? []), wanted];
}

/** How a caller knows what became of its cache points. */
const lostPoints = {
  tools: 'tools.cache_control',
  system: 'messages.cache_control',
  messages: 'messages.cache_control',
  ttl: 'cache_control.ttl',
} as const;
