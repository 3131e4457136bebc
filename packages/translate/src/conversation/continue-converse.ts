import type { ConverseMessage, ConverseRequest, ConverseSystemBlock } from '@genai-gateway/protocol';
import { modelFactsOf } from '../model-facts/model-facts-of.ts';
import { Conversation } from '../openai-over-converse/conversation.ts';
import { countCachePoints, countInMessages, fitMessages } from '../openai-over-converse/stored-messages.ts';
import { NO_TOOLS_NOTE, toolsOfHistory } from '../openai-over-converse/tools.ts';
import { fitCachePoints } from '../prompt-caching/fit-cache-points.ts';
import { callsInWords } from '../tools/calls-in-words.ts';
import { ToolNameMap } from '../tools/tool-names.ts';

export interface ContinueConverseContext {
  /** The model id, inference profile or ARN that is going to be called. */
  readonly modelId: string;
  /** What the model reads before the request's messages: a prompt's messages and stored turns, in order. */
  readonly before?: readonly ConverseMessage[] | undefined;
  /** What it reads before the request's system text. */
  readonly system?: readonly ConverseSystemBlock[] | undefined;
}

/**
 * A Converse request as the next one of a conversation. Stored messages are made fit for the model; those of
 * the request keep their blocks and are joined to them under Bedrock's rules: two messages of one role become
 * one, a call without result gets one that says so, an id that was there before becomes another. A result
 * that answers no call is left for Bedrock to refuse. With nothing to put before it, the request is given back as it is.
 */
export function continueConverse(
  request: ConverseRequest,
  { modelId, before = [], system = [] }: ContinueConverseContext,
): ConverseRequest {
  if (before.length === 0) {
    return system.length === 0 ? request : { ...request, system: [...system, ...(request.system ?? [])] };
  }
  const traits = modelFactsOf(modelId);
  const names = new ToolNameMap(traits.hyphenInToolNames);
  const cachePoints = countCachePoints(request) + countCachePoints({ system });
  const { messages, usedNames } = fitMessages(before, { traits, names, cachePoints });
  const conversation = new Conversation(traits);
  for (const message of traits.tools ? messages : callsInWords(messages)) conversation.add(message, 'stored');
  for (const message of request.messages ?? []) conversation.add(message, 'request');

  const lacksTools = traits.tools && usedNames.size > 0 && request.toolConfig === undefined;
  const blocks = [...system, ...(request.system ?? []), ...(lacksTools ? [{ text: NO_TOOLS_NOTE }] : [])];
  const joined: ConverseRequest = {
    ...request,
    messages: conversation.finish(),
    ...(blocks.length === 0 ? {} : { system: blocks }),
    ...(lacksTools ? { toolConfig: toolsOfHistory(usedNames) } : {}),
  };
  // What may stand behind what, and for how long, is known only of the whole.
  return countInMessages(messages) === 0 ? joined : fitCachePoints(joined, traits).request;
}
