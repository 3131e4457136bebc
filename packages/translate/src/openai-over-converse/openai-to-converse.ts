import { hash } from 'node:crypto';
import type { ConverseRequest, ConverseSystemBlock, OpenaiChatRequest } from '@genai-gateway/protocol';
import { DroppedParams } from '../dropped-params.ts';
import { invalidRequest } from '../json.ts';
import { messagesToConverse } from './messages.ts';
import { isPromptArn, traitsOf } from './model-traits.ts';
import { parametersToConverse } from './parameters.ts';
import { ToolNameMap, type ToolNames } from './tool-names.ts';
import { toolsToConverse } from './tools.ts';
import { applyFieldRules } from './unsupported.ts';

export interface OpenaiToConverseContext {
  /** The model id, inference profile or ARN that is going to be called: families differ in what they take. */
  readonly modelId: string;
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
export function openaiToConverse(request: OpenaiChatRequest, context: OpenaiToConverseContext): OpenaiAsConverse {
  const dropped = new DroppedParams();
  applyFieldRules(request, dropped);
  const traits = traitsOf(context.modelId);
  const names = new ToolNameMap(traits.hyphenInToolNames);
  const { system, messages, usedNames } = messagesToConverse(request.messages, names, traits, dropped);
  const { toolConfig, systemNote, additionalModelRequestFields } = toolsToConverse(
    request,
    usedNames,
    names,
    traits,
    dropped,
  );
  const inferenceConfig = parametersToConverse(request, traits, dropped);
  const systemBlocks: readonly ConverseSystemBlock[] =
    systemNote === undefined ? system : [...system, { text: systemNote }];

  const converse: { -readonly [K in keyof ConverseRequest]: ConverseRequest[K] } = { messages };
  if (systemBlocks.length > 0) converse.system = systemBlocks;
  if (inferenceConfig !== undefined) converse.inferenceConfig = inferenceConfig;
  if (toolConfig !== undefined) converse.toolConfig = toolConfig;
  if (additionalModelRequestFields !== undefined) converse.additionalModelRequestFields = additionalModelRequestFields;
  const requestMetadata = userAsMetadata(request.user);
  if (requestMetadata !== undefined) converse.requestMetadata = requestMetadata;
  if (isPromptArn(context.modelId)) checkPromptRequest(converse);
  return { request: converse, droppedParams: dropped.list(), toolNames: names.changed };
}

/** The caller's end user, hashed: it goes into the invocation log of the AWS account, where no one needs the name. */
function userAsMetadata(user: string | null | undefined): Readonly<Record<string, string>> | undefined {
  return user ? { user: hash('sha256', user, 'hex').slice(0, 32) } : undefined;
}

/**
 * A managed prompt brings these itself, and Bedrock refuses a call that has them too.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html (as of 2026-11-22).
 */
function checkPromptRequest(converse: ConverseRequest): void {
  const mend = 'comes from the managed prompt when `model` is a prompt ARN; leave it out.';
  if (converse.system !== undefined) throw invalidRequest(`The system message ${mend}`, 'messages');
  if (converse.toolConfig !== undefined) throw invalidRequest(`The list of tools ${mend}`, 'tools');
  if (converse.inferenceConfig === undefined) return;
  const [first] = Object.keys(converse.inferenceConfig);
  const field =
    first === 'maxTokens' ? 'max_tokens' : first === 'topP' ? 'top_p' : first === 'temperature' ? first : 'stop';
  throw invalidRequest(`\`${field}\` ${mend}`, field);
}
