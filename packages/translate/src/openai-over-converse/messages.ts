import type {
  ConverseContentBlock,
  ConverseMessage,
  ConverseSystemBlock,
  ConverseTextBlock,
  OpenaiAssistantMessage,
  OpenaiMessage,
} from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { invalidRequest, recordsOf, textOf } from '../json.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';
import { pointOf } from '../prompt-caching/marks.ts';
import type { ToolNameMap } from '../tools/tool-names.ts';
import { ContentReader } from './content.ts';
import { Conversation } from './conversation.ts';
import { historyCalls } from './history-calls.ts';
import { type FittedMessages, fitMessages } from './stored-messages.ts';
import { historyThoughts } from './thoughts.ts';

export interface ConverseMessages {
  readonly system: readonly ConverseSystemBlock[];
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
 * messages become the system text; a later one stays one behind what the user says there, where the model has such messages,
 * and becomes a note of the user elsewhere. Cache points stand where the caller has asked for them.
 * Throws `invalid-request` for what has no translation.
 */
export function messagesToConverse(
  messages: readonly OpenaiMessage[],
  { before, cachePoints }: EarlierMessages,
  names: ToolNameMap,
  facts: ModelFacts,
  dropped: DroppedParams,
): ConverseMessages {
  const system: ConverseSystemBlock[] = [];
  const conversation = new Conversation(facts);
  const documents = before.length === 0 ? 0 : countDocuments(messages);
  const stored =
    before.length === 0 ? NOTHING_STORED : fitMessages(before, { traits: facts, names, cachePoints, documents });
  for (const message of stored.messages) conversation.add(message, 'stored');
  const usedNames = new Set(stored.usedNames);
  const reader = new ContentReader(facts, dropped);
  const newest = messages.findLastIndex(({ role }) => role === 'assistant') + 1;
  let hasBegun = false;
  for (const [index, message] of messages.entries()) {
    const param = `messages.${index}`;
    const at = `${param}.content`;
    const { role } = message;
    if (role !== 'tool' && role !== 'function' && textOf(message.name) !== '') dropped.add('messages.name');
    const point = pointOf(message);
    const points = point === undefined ? [] : [point];
    switch (role) {
      case 'system':
      case 'developer': {
        const said = [...reader.read(message.content, 'system', at), ...points].filter(isSystemBlock);
        if (hasBegun) conversation.system(said);
        else for (const block of said) system.push(block);
        continue;
      }
      case 'user':
        conversation.user([...reader.read(message.content, index < newest ? 'user' : 'newest', at), ...points]);
        break;
      case 'assistant': {
        const calls = historyCalls(message, names, param);
        for (const { name } of calls) usedNames.add(name);
        const said = answerBlocks(message, reader, param);
        const isSilent = said.length === 0 && calls.length === 0;
        if (recordsOf(message.images).length > 0) dropped.add('messages.images');
        // An answer of nothing but thinking is refused, and tells a model nothing.
        const thoughts = historyThoughts(message, facts, dropped);
        if (calls.length === 0) said.push(...points);
        conversation.assistant(isSilent ? said : [...thoughts, ...said], calls, calls.length === 0 ? [] : points);
        break;
      }
      case 'tool':
      case 'function': {
        const content = [...reader.read(message.content, 'tool', at), ...points];
        if (role === 'tool')
          conversation.toolResult(textOf(message.tool_call_id) || undefined, content, `${param}.tool_call_id`);
        else conversation.toolResult(undefined, content, `${param}.name`);
      }
    }
    hasBegun = true;
  }
  return { system, messages: conversation.finish(), usedNames };
}

/** What the assistant said, all of it text. */
function answerBlocks(message: OpenaiAssistantMessage, reader: ContentReader, param: string): ConverseContentBlock[] {
  const blocks = reader.read(message.content, 'assistant', `${param}.content`);
  blocks.push(...reader.read(message.refusal, 'assistant', `${param}.refusal`));
  const { audio } = message;
  if (!audio) return blocks;
  if (typeof audio.transcript === 'string')
    blocks.push(...reader.read(audio.transcript, 'assistant', `${param}.audio`));
  else if (blocks.length === 0) {
    throw invalidRequest(
      'The gateway keeps no spoken answers. Send what was said as the content of the message.',
      `${param}.audio`,
    );
  }
  return blocks;
}

/** At most so many documents are in the messages. */
function countDocuments(messages: readonly OpenaiMessage[]): number {
  let count = 0;
  for (const { content } of messages) {
    if (Array.isArray(content)) count += content.filter(({ type }) => type === 'file' || type === 'document').length;
  }
  return count;
}

function isSystemBlock(
  block: ConverseContentBlock,
): block is ConverseTextBlock | Extract<ConverseSystemBlock, { cachePoint: unknown }> {
  return 'text' in block || 'cachePoint' in block;
}
