import { hash } from 'node:crypto';
import type { ConverseMessage, ConverseRequest, ConverseSystemBlock, OpenaiChatRequest } from '@genai-gateway/protocol';
import { DroppedParams } from '../dropped-params.ts';
import { modelFactsOf } from '../model-facts/model-facts-of.ts';
import type { PromptParts } from '../prompt/prompt-parts.ts';
import { withParameters } from '../prompt/with-prompt.ts';
import { messagesToConverse } from './messages.ts';
import { parametersToConverse } from './parameters.ts';
import { countCachePoints } from './stored-messages.ts';
import { ToolNameMap, type ToolNames } from './tool-names.ts';
import { toolsToConverse } from './tools.ts';
import { applyFieldRules } from './unsupported.ts';

export interface OpenaiToConverseContext {
  /** The model id, inference profile or ARN that is going to be called: families differ in what they take. */
  readonly modelId: string;
  /** What the model reads before the messages of the request: a prompt's messages and stored turns, in order. */
  readonly before?: readonly ConverseMessage[] | undefined;
  /** What it reads before the caller's system messages. */
  readonly system?: readonly ConverseSystemBlock[] | undefined;
  /** The managed prompt that was called: its system text, tools and parameters. Its messages are part of `before`. */
  readonly prompt?: PromptParts | undefined;
}

export interface OpenaiAsConverse {
  readonly request: ConverseRequest;
  /** Fields of the request that have no effect, safe to put into a header. */
  readonly droppedParams: readonly string[];
  /** What the translation of the answer needs to give the caller its own tool names back. */
  readonly toolNames: ToolNames;
}

/**
 * An OpenAI chat request that `parseOpenaiChatRequest` let through, as the body of Converse and
 * ConverseStream. The same input always gives the same output.
 * Throws `invalid-request` when it asks for something that would silently be lost.
 */
export function openaiToConverse(
  request: OpenaiChatRequest,
  { modelId, before = [], system: systemBefore = [], prompt }: OpenaiToConverseContext,
): OpenaiAsConverse {
  const dropped = new DroppedParams();
  applyFieldRules(request, dropped);
  const traits = modelFactsOf(modelId);
  const names = new ToolNameMap(traits.hyphenInToolNames);
  const lead = [...(prompt?.system ?? []), ...systemBefore];
  const cachePoints = countCachePoints({ system: lead, toolConfig: prompt?.toolConfig ?? NO_TOOLS });
  const earlier = { before, cachePoints };
  const { system, messages, usedNames } = messagesToConverse(request.messages, earlier, names, traits, dropped);
  const { toolConfig, systemNote, additionalModelRequestFields } = toolsToConverse(
    request,
    { usedNames, promptTools: prompt?.toolConfig },
    names,
    traits,
    dropped,
  );
  const inferenceConfig = parametersToConverse(request, traits, dropped);
  const systemBlocks = [...lead, ...system, ...(systemNote === undefined ? [] : [{ text: systemNote }])];

  const converse: { -readonly [K in keyof ConverseRequest]: ConverseRequest[K] } = { messages };
  if (systemBlocks.length > 0) converse.system = systemBlocks;
  if (inferenceConfig !== undefined) converse.inferenceConfig = inferenceConfig;
  if (toolConfig !== undefined) converse.toolConfig = toolConfig;
  if (additionalModelRequestFields !== undefined) converse.additionalModelRequestFields = additionalModelRequestFields;
  const requestMetadata = userAsMetadata(request.user);
  if (requestMetadata !== undefined) converse.requestMetadata = requestMetadata;
  return {
    request: prompt === undefined ? converse : withParameters(converse, prompt, { modelId }),
    droppedParams: dropped.list(),
    toolNames: names.changed,
  };
}

const NO_TOOLS = { tools: [] };

/** The caller's end user, hashed: it goes into the invocation log of the AWS account, where no one needs the name. */
function userAsMetadata(user: string | null | undefined): Readonly<Record<string, string>> | undefined {
  return user ? { user: hash('sha256', user, 'hex').slice(0, 32) } : undefined;
}
