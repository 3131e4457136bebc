import type {
  AnthropicMessage,
  AnthropicRequest,
  ConverseContentBlock,
  ConverseMessage,
  ConverseSystemBlock,
} from '@genai-gateway/protocol';
import { invalidRequest } from '../json.ts';
import { isBlank } from '../openai-over-converse/content.ts';
import { Conversation } from '../openai-over-converse/conversation.ts';
import { type FittedMessages, fitMessages, systemNote } from '../openai-over-converse/stored-messages.ts';
import { cachePointOf } from './cache-points.ts';
import { type BlockContext, contentToConverse } from './content.ts';

export interface ConverseMessages {
  readonly system: readonly ConverseSystemBlock[];
  readonly messages: readonly ConverseMessage[];
  /** Tools that the earlier messages name, by upstream name, in the order of their first use. */
  readonly usedNames: ReadonlySet<string>;
}

const NOTHING_STORED: FittedMessages = { messages: [], usedNames: new Set() };

/**
 * System text and messages of a request in Converse's words, behind the stored messages `before`; `cachePoints`: how many the
 * request has beside them. System messages in front become system text; a later one stays one where the model takes such, and
 * else becomes a note of the user in its place.
 * Throws `invalid-request` for what has no translation, and for a result of a call that nobody made.
 */
export function messagesToConverse(
  { system, messages }: Pick<AnthropicRequest, 'system' | 'messages'>,
  { before, cachePoints }: { readonly before: readonly ConverseMessage[]; readonly cachePoints: number },
  context: BlockContext,
): ConverseMessages {
  const { facts, names } = context;
  const conversation = new Conversation(facts);
  const stored = before.length === 0 ? NOTHING_STORED : fitMessages(before, { traits: facts, names, cachePoints });
  for (const message of stored.messages) conversation.add(message, 'stored');
  const usedNames = new Set(stored.usedNames);
  const calls = new Set(before.flatMap(({ content }) => content.flatMap(callId)));
  const blocks: ConverseSystemBlock[] = [...systemToConverse(system)];
  let hasBegun = false;
  for (const [index, { role, content }] of messages.entries()) {
    const place = `messages.${index}`;
    if (role === 'system') {
      const said = systemToConverse(content);
      if (!hasBegun) blocks.push(...said);
      else if (said.length > 0) {
        if (facts.systemInConversation) conversation.add({ role, content: said }, 'request');
        else conversation.add({ role: 'user', content: said.map(asNote) }, 'request');
      }
      continue;
    }
    hasBegun = true;
    if (role === 'user') checkResults(content, calls, `${place}.content`);
    else for (const { id } of callsOf(content)) calls.add(id);
    const translated = contentToConverse(content, context, `${place}.content`);
    for (const { toolUse } of translated.filter(isCall)) usedNames.add(toolUse.name);
    conversation.add({ role, content: translated.every(isThought) ? [] : translated }, 'request');
  }
  return { system: blocks, messages: conversation.finish(), usedNames };
}

/** `system` of a request, or what a system message says. Blank texts are left out. */
export function systemToConverse(
  system: AnthropicMessage['content'] | undefined,
): readonly (ConverseSystemBlock & ConverseContentBlock)[] {
  if (system === undefined || system === null) return [];
  if (typeof system === 'string') return isBlank(system) ? [] : [{ text: system }];
  return system.flatMap((block) =>
    block.type !== 'text' || isBlank(block.text) ? [] : [{ text: block.text }, ...cachePointOf(block.cache_control)],
  );
}

function asNote(block: ConverseSystemBlock & ConverseContentBlock): ConverseContentBlock {
  return 'text' in block ? { text: systemNote(block.text) } : block;
}

/** Anthropic refuses a result of no call; the ids of earlier turns are the caller's to know. */
function checkResults(content: AnthropicMessage['content'], calls: ReadonlySet<string>, place: string): void {
  if (typeof content === 'string') return;
  for (const [index, block] of content.entries()) {
    if (block.type !== 'tool_result' || calls.has(block.tool_use_id)) continue;
    throw invalidRequest(
      'This tool result answers no call. Put it into the user message behind the assistant message whose "tool_use" block has this id.',
      `${place}.${index}.tool_use_id`,
    );
  }
}

function callsOf(content: AnthropicMessage['content']) {
  return typeof content === 'string' ? [] : content.filter((block) => block.type === 'tool_use');
}

function callId(block: ConverseContentBlock): readonly string[] {
  return isCall(block) ? [block.toolUse.toolUseId] : [];
}

function isCall(block: ConverseContentBlock): block is Extract<ConverseContentBlock, { toolUse: unknown }> {
  return 'toolUse' in block;
}

/** An answer of nothing but thinking is refused by the newest Claude, and tells a model nothing. */
function isThought(block: ConverseContentBlock): boolean {
  return 'reasoningContent' in block;
}
