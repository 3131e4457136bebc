import type {
  AnthropicMessage,
  AnthropicRequest,
  ConverseContentBlock,
  ConverseMessage,
  ConverseSystemBlock,
} from '@genai-gateway/protocol';
import { invalidRequest } from '../json.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';
import { isBlank } from '../openai-over-converse/content.ts';
import { Conversation } from '../openai-over-converse/conversation.ts';
import { type FittedMessages, fitMessages } from '../openai-over-converse/stored-messages.ts';
import { pointOf } from '../prompt-caching/marks.ts';
import type { ToolNameMap } from '../tools/tool-names.ts';
import type { BlockReader } from './block-reader.ts';

export interface ConverseMessages {
  readonly system: readonly ConverseSystemBlock[];
  readonly messages: readonly ConverseMessage[];
  /** Tools that the earlier messages name, by upstream name, in the order of their first use. */
  readonly usedNames: ReadonlySet<string>;
}

export interface MessagesContext {
  /** What the model reads before the messages of the request. */
  readonly before: readonly ConverseMessage[];
  /** How many cache points the request has beside its messages. */
  readonly cachePoints: number;
  readonly facts: ModelFacts;
  readonly names: ToolNameMap;
  readonly reader: BlockReader;
}

type Content = AnthropicMessage['content'];

const NOTHING_STORED: FittedMessages = { messages: [], usedNames: new Set() };

/**
 * System text and messages of a request in Converse's words, behind the stored messages. System messages in front become system
 * text; a later one stays one where the model takes such, and else becomes a note of the user in its place.
 * Throws `invalid-request` for what has no translation, and for a result of a call that was not made right before it.
 */
export function messagesToConverse(
  { system, messages }: Pick<AnthropicRequest, 'system' | 'messages'>,
  { before, cachePoints, facts, names, reader }: MessagesContext,
): ConverseMessages {
  const conversation = new Conversation(facts);
  const stored = before.length === 0 ? NOTHING_STORED : fitMessages(before, { traits: facts, names, cachePoints });
  for (const message of stored.messages) conversation.add(message, 'stored');
  const usedNames = new Set(stored.usedNames);
  const blocks: ConverseSystemBlock[] = [...systemToConverse(system)];
  let hasBegun = false;
  for (const [index, { role, content }] of messages.entries()) {
    const place = `messages.${index}.content`;
    switch (role) {
      case 'system':
        if (hasBegun) conversation.system(systemToConverse(content));
        else for (const block of systemToConverse(content)) blocks.push(block);
        continue;
      case 'user':
        addUser(conversation, reader, content, place);
        break;
      case 'assistant': {
        const said = reader.assistant(content, place);
        for (const { toolUse } of said.filter(isCall)) usedNames.add(toolUse.name);
        conversation.add({ role, content: said.every(isThoughtOrPoint) ? [] : said }, 'request');
      }
    }
    hasBegun = true;
  }
  return { system: blocks, messages: conversation.finish(), usedNames };
}

function addUser(conversation: Conversation, reader: BlockReader, content: Content, place: string): void {
  if (typeof content === 'string') {
    conversation.user(isBlank(content) ? [] : [{ text: content }]);
    return;
  }
  for (const [index, block] of content.entries()) {
    const at = `${place}.${index}`;
    if (block.type !== 'tool_result') {
      conversation.user(reader.user(block, at));
      continue;
    }
    if (!conversation.awaits(block.tool_use_id)) {
      throw invalidRequest(
        'This tool result answers no call. Put it into the user message right behind the assistant message whose "tool_use" block has this id.',
        `${at}.tool_use_id`,
      );
    }
    const status = block.is_error === true ? 'error' : 'success';
    conversation.toolResult(block.tool_use_id, reader.result(block, at), `${at}.tool_use_id`, status);
  }
}

/** `system` of a request, or what a system message says. Blank texts are left out. */
function systemToConverse(system: Content | null | undefined): readonly (ConverseSystemBlock & ConverseContentBlock)[] {
  if (system === undefined || system === null) return [];
  if (typeof system === 'string') return isBlank(system) ? [] : [{ text: system }];
  return system.flatMap((block) => {
    if (block.type !== 'text' || isBlank(block.text)) return [];
    const point = pointOf(block);
    return point === undefined ? [{ text: block.text }] : [{ text: block.text }, point];
  });
}

function isCall(block: ConverseContentBlock): block is Extract<ConverseContentBlock, { toolUse: unknown }> {
  return 'toolUse' in block;
}

/** An answer of nothing but thinking is refused by the newest Claude, and tells a model nothing. */
function isThoughtOrPoint(block: ConverseContentBlock): boolean {
  return 'reasoningContent' in block || 'cachePoint' in block;
}
