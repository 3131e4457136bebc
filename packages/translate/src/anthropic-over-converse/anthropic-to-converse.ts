import { hash } from 'node:crypto';
import type {
  AnthropicRequest,
  ConverseMessage,
  ConverseRequest,
  ConverseSystemBlock,
  JsonObject,
} from '@genai-gateway/protocol';
import { DroppedParams } from '../dropped-params.ts';
import { modelFactsOf } from '../model-facts/model-facts-of.ts';
import { countCachePoints } from '../openai-over-converse/stored-messages.ts';
import { ToolNameMap, type ToolNames } from '../openai-over-converse/tool-names.ts';
import type { PromptParts } from '../prompt/prompt-parts.ts';
import { withParameters } from '../prompt/with-prompt.ts';
import { messagesToConverse } from './messages.ts';
import { parametersToConverse } from './parameters.ts';
import { lacksThinking, thinkingToConverse } from './thinking.ts';
import { toolsToConverse } from './tools.ts';
import { applyFieldRules } from './unsupported.ts';

export interface AnthropicToConverseContext {
  /** The model id, inference profile or ARN that is going to be called: families differ in what they take. */
  readonly modelId: string;
  /** What the model reads before the messages of the request: a prompt's messages and stored turns, in order. */
  readonly before?: readonly ConverseMessage[] | undefined;
  /** What it reads before the caller's system text. */
  readonly system?: readonly ConverseSystemBlock[] | undefined;
  /** The managed prompt that was called: its system text, tools and parameters. Its messages are part of `before`. */
  readonly prompt?: PromptParts | undefined;
  /** What the header `anthropic-beta` asks for. */
  readonly betas?: readonly string[] | undefined;
}

export interface AnthropicAsConverse {
  readonly request: ConverseRequest;
  /** Fields of the request that have no effect, safe to put into a header. */
  readonly droppedParams: readonly string[];
  /** What the translation of the answer needs: to give the caller its own tool names back, */
  readonly toolNames: ToolNames;
  /** to say which sequence ended it, */
  readonly stopSequences: readonly string[];
  /** and to give the JSON that was asked for as text: the tool that was added for it, by upstream name. */
  readonly jsonTool?: string;
}

/**
 * A request of the Messages API that `parseAnthropicRequest` let through, as the body of Converse and ConverseStream. The same
 * input always gives the same output.
 * Throws `invalid-request` when it asks for something that would silently be lost.
 */
export function anthropicToConverse(
  request: AnthropicRequest,
  { modelId, before = [], system: systemBefore = [], prompt, betas = [] }: AnthropicToConverseContext,
): AnthropicAsConverse {
  const dropped = new DroppedParams();
  applyFieldRules(request, dropped);
  const facts = modelFactsOf(modelId);
  const names = new ToolNameMap(facts.hyphenInToolNames);
  const lead = [...(prompt?.system ?? []), ...systemBefore];
  const cachePoints = countCachePoints({ system: lead, toolConfig: prompt?.toolConfig ?? NO_TOOLS });
  const { system, messages, usedNames } = messagesToConverse(request, { before, cachePoints }, { facts, names });
  const thinking = thinkingToConverse(request, facts, lacksThinking(messages), dropped);
  const tools = toolsToConverse(request, {
    facts,
    names,
    dropped,
    usedNames,
    promptTools: prompt?.toolConfig,
    thinks: thinking.beside === 'little',
  });
  const { inferenceConfig, fields } = parametersToConverse(request, facts, thinking, dropped);
  const note = tools.systemNote === undefined ? [] : [{ text: tools.systemNote }];
  const systemBlocks = [...lead, ...system, ...note];
  const additional = {
    ...fields,
    ...thinking.fields,
    ...tools.additionalModelRequestFields,
    ...betaFields(betas, facts.anthropicBetas, dropped),
  };

  const converse: { -readonly [K in keyof ConverseRequest]: ConverseRequest[K] } = { messages };
  if (systemBlocks.length > 0) converse.system = systemBlocks;
  if (Object.keys(inferenceConfig).length > 0) converse.inferenceConfig = inferenceConfig;
  if (tools.toolConfig !== undefined) converse.toolConfig = tools.toolConfig;
  if (Object.keys(additional).length > 0) converse.additionalModelRequestFields = additional;
  const user = request.metadata?.user_id;
  if (user) converse.requestMetadata = { user: hashedUser(user) };
  return {
    request: prompt === undefined ? converse : withParameters(converse, prompt, { modelId }),
    droppedParams: dropped.list(),
    toolNames: names.changed,
    stopSequences: inferenceConfig.stopSequences ?? [],
  };
}

const NO_TOOLS = { tools: [] };

/** A beta that the model does not know fails the call, so only those of the list go on. */
function betaFields(betas: readonly string[], known: readonly string[], dropped: DroppedParams): JsonObject {
  const kept = knownBetas(betas, known, dropped);
  return kept.length === 0 ? {} : { anthropic_beta: kept };
}

/** The betas of the list, each once. The others are dropped. */
export function knownBetas(
  betas: readonly string[],
  known: readonly string[],
  dropped: DroppedParams,
): readonly string[] {
  if (betas.some((beta) => !known.includes(beta))) dropped.add('anthropic-beta');
  return [...new Set(betas)].filter((beta) => known.includes(beta));
}

/** The caller's end user, hashed: it goes into the invocation log of the AWS account, where no one needs the name. */
export function hashedUser(user: string): string {
  return hash('sha256', user, 'hex').slice(0, 32);
}
