import type {
  ConverseMessage,
  ConverseTextBlock,
  JsonObject,
  OpenaiAssistantMessage,
  OpenaiMessage,
  OpenaiToolCall,
} from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { invalidRequest, isRecord, MAX_JSON_DEPTH, nestsWithin } from '../json.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';
import { contentToBlocks } from './content.ts';
import { Conversation } from './conversation.ts';
import type { HistoryCall } from './open-calls.ts';
import { type FittedMessages, fitMessages, systemNote } from './stored-messages.ts';
import type { ToolNameMap } from './tool-names.ts';

export interface ConverseMessages {
  readonly system: readonly ConverseTextBlock[];
  readonly messages: readonly ConverseMessage[];
  /** Tools that the earlier messages name, by upstream name, in the order of their first use. */
  readonly usedNames: ReadonlySet<string>;
}

/** What the model reads before the messages of the request: a prompt's messages and stored turns. */
export interface EarlierMessages {
  readonly before: readonly ConverseMessage[];
  /** The cache points that the request has beside them. */
  readonly cachePoints: number;
}

const NOTHING_STORED: FittedMessages = { messages: [], usedNames: new Set() };

/**
 * The messages of an OpenAI request as Converse's system and messages, behind those of `earlier`. Leading system and developer
 * messages become the system text; a later one becomes a note of the user, in its place and after
 * the tool results. Reasoning of earlier turns is left out: without its signature no model takes it.
 * Throws `invalid-request` for what has no translation.
 */
export function messagesToConverse(
  messages: readonly OpenaiMessage[],
  earlier: EarlierMessages,
  names: ToolNameMap,
  traits: ModelFacts,
  dropped: DroppedParams,
): ConverseMessages {
  const system: ConverseTextBlock[] = [];
  const conversation = new Conversation(traits);
  const { before, cachePoints } = earlier;
  const stored = before.length === 0 ? NOTHING_STORED : fitMessages(before, { traits, names, cachePoints });
  for (const message of stored.messages) conversation.add(message, 'stored');
  const usedNames = new Set(stored.usedNames);
  let hasBegun = false;
  for (const [index, message] of messages.entries()) {
    const param = `messages.${index}`;
    if (message.role !== 'tool' && typeof message.name === 'string') dropped.add('messages.name');
    if ('cache_control' in message) dropped.add('messages.cache_control');
    switch (message.role) {
      case 'system':
      case 'developer': {
        const texts = contentToBlocks(message.content, 'text-only', `${param}.content`, dropped).filter(isText);
        if (!hasBegun) system.push(...texts);
        else if (texts.length > 0) conversation.user(texts.map(({ text }) => ({ text: systemNote(text) })));
        continue;
      }
      case 'user':
        conversation.user(contentToBlocks(message.content, 'images', `${param}.content`, dropped));
        break;
      case 'assistant': {
        const calls = historyCalls(message, names, param);
        for (const { name } of calls) usedNames.add(name);
        conversation.assistant(assistantTexts(message, param, dropped), calls);
        break;
      }
      case 'tool':
        conversation.toolResult(
          message.tool_call_id ? message.tool_call_id : undefined,
          contentToBlocks(message.content, 'images', `${param}.content`, dropped),
          `${param}.tool_call_id`,
        );
        break;
      case 'function':
        throw invalidRequest(
          'Messages of role "function" are the older form. Send role "tool" with tool_call_id.',
          `${param}.role`,
        );
    }
    hasBegun = true;
  }
  return { system, messages: conversation.finish(), usedNames };
}

function assistantTexts(message: OpenaiAssistantMessage, param: string, dropped: DroppedParams): ConverseTextBlock[] {
  const texts = contentToBlocks(message.content, 'text-only', `${param}.content`, dropped).filter(isText);
  const refusal = contentToBlocks(message.refusal, 'text-only', `${param}.refusal`, dropped).filter(isText);
  return [...texts, ...refusal];
}

function historyCalls(message: OpenaiAssistantMessage, names: ToolNameMap, param: string): HistoryCall[] {
  if ('function_call' in message && message.function_call) {
    throw invalidRequest('`function_call` is the older form. Send `tool_calls`.', `${param}.function_call`);
  }
  if ('audio' in message && message.audio) {
    throw invalidRequest('Audio is not translated yet; send its transcript as content.', `${param}.audio`);
  }
  return (message.tool_calls ?? []).map((call, index) => ({
    id: call.id ? call.id : undefined,
    name: names.upstream(call.function.name),
    input: argumentsToInput(call, `${param}.tool_calls.${index}.function.arguments`),
  }));
}

/** The arguments as the object that Converse wants; "" and "null" are a call without arguments. */
function argumentsToInput(call: OpenaiToolCall, param: string): JsonObject {
  let value: unknown = call.function.arguments ?? {};
  if (typeof value === 'string') {
    if (value.trim() === '') return {};
    try {
      value = JSON.parse(value) ?? {};
    } catch {
      throw invalidRequest('The arguments of this tool call are not JSON. Send them as the model gave them.', param);
    }
  }
  if (!isRecord(value) || !nestsWithin(value, MAX_JSON_DEPTH)) {
    throw invalidRequest(`The arguments must be a JSON object, at most ${MAX_JSON_DEPTH} levels deep.`, param);
  }
  return value as JsonObject;
}

function isText(block: object): block is ConverseTextBlock {
  return 'text' in block;
}
