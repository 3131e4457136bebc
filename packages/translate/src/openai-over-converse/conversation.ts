import type {
  ConverseContentBlock,
  ConverseDocumentBlock,
  ConverseMessage,
  ConverseToolResultBlock,
  ConverseToolResultContent,
  ConverseToolUseBlock,
} from '@genai-gateway/protocol';
import { invalidRequest, isRecord } from '../json.ts';
import { documentNameInRound } from '../media/document-name.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';
import { UniqueNames } from '../unique-names.ts';
import { PLACEHOLDER_TEXT } from './content.ts';
import { type HistoryCall, type OpenCall, OpenCalls } from './open-calls.ts';
import { systemNote } from './stored-messages.ts';
import { upstreamToolUseId } from './tool-use-ids.ts';

/** What the model reads when the caller gave no result for one of its calls. */
export const MISSING_RESULT_TEXT = 'No result was given for this call.';

/** Said before a result that comes when the conversation has gone on already: Bedrock takes it as text only. */
export const LATE_RESULT_TEXT = 'The result of an earlier tool call:';

/** Said in a result whose files stand behind all results, because the model takes them there only. */
export const FILES_BEHIND_TEXT = 'The files of this result stand behind the results.';

/**
 * A message in the making. User: the tool results, then the rest. Assistant: what comes before its first
 * tool call, then the calls and what its model put among them.
 */
type Draft = {
  readonly role: ConverseMessage['role'];
  readonly head: ConverseContentBlock[];
  readonly tail: ConverseContentBlock[];
  /** What a system message says there; it becomes a message of its own behind this one, which is the user's. */
  readonly system: ConverseContentBlock[];
};

/** Where a message in Converse's words comes from: a stored conversation, or the caller's request. */
export type Origin = 'stored' | 'request';

/**
 * Builds the messages of a Converse request under Bedrock's rules: roles alternate and begin with
 * the user; every call of an assistant message has its result in the user message right after it,
 * before anything else; no message is empty; no tool use id comes twice.
 */
export class Conversation {
  readonly #traits: ModelFacts;
  readonly #drafts: Draft[] = [];
  readonly #ids: UniqueNames;
  readonly #documentNames = new UniqueNames(documentNameInRound);
  /** The caller's ids of all calls of stored messages. */
  readonly #storedIds = new Set<string>();
  /** The calls of the newest assistant message. */
  #calls = new OpenCalls();
  #made = 0;

  constructor(traits: ModelFacts) {
    this.#traits = traits;
    // Some clients count their ids from 0 in every turn, and ids must be unique in the whole conversation.
    this.#ids = new UniqueNames((id, round) =>
      upstreamToolUseId(round === 1 ? id : `${id}#${round}`, traits.nineCharToolUseIds),
    );
  }

  user(blocks: readonly ConverseContentBlock[]): void {
    const { tail } = this.#userDraft();
    for (const block of blocks) tail.push(this.#withOwnName(block));
  }

  /**
   * What a system message says in mid-conversation. Where the model has such messages, it stands behind all that the user says
   * in its place: there may be one, between the user and the assistant or in the end. Else it is a note of the user.
   * Source: https://platform.claude.com/docs/en/build-with-claude/mid-conversation-system-messages (as of 2026-11-23).
   */
  system(blocks: readonly ConverseContentBlock[]): void {
    if (!blocks.some((block) => 'text' in block)) return;
    if (this.#traits.systemInConversation) {
      const { system } = this.#userDraft();
      for (const block of blocks) system.push(block);
    } else this.user(blocks.map((block) => ('text' in block ? { text: systemNote(block.text) } : block)));
  }

  /** `behind` stands behind the calls. */
  assistant(
    said: readonly ConverseContentBlock[],
    calls: readonly HistoryCall[],
    behind: readonly ConverseContentBlock[] = [],
  ): void {
    const { head, tail } = this.#assistantDraft();
    for (const block of said) head.push(block);
    for (const call of calls) {
      if (this.#addCall(tail, call, undefined) && call.point !== undefined) tail.push(call.point);
    }
    for (const block of behind) tail.push(block);
  }

  /**
   * Puts a result to its call. A second result for one call is left out. Files that the model takes from the user only stand
   * behind all results. Throws `invalid-request` at `param` when the assistant made no such call.
   */
  toolResult(
    callerId: string | undefined,
    content: readonly ConverseContentBlock[],
    param: string,
    status: 'success' | 'error' = 'success',
  ): void {
    const call = this.#calls.answer(callerId);
    if (call === 'answered') return;
    const { inside, behind, points } = this.#sorted(content);
    if (call !== undefined) {
      this.#addResult(call, inside, status);
      this.#userDraft().head.push(...points);
      this.user(behind);
    } else if (callerId !== undefined && this.#storedIds.has(callerId)) this.#addLateResult([...inside, ...behind]);
    else {
      throw invalidRequest(
        'This tool message answers no tool call. Put it after the assistant message whose `tool_calls` has this id.',
        param,
      );
    }
  }

  /** Whether a result of this call may come now: the newest assistant message makes it, or a stored one has made it. */
  awaits(callerId: string): boolean {
    return this.#calls.has(callerId) || this.#storedIds.has(callerId);
  }

  /**
   * A message in Converse's words, its blocks in their order. A tool result that answers no call before it
   * becomes text where the conversation has gone on since its call was stored; else it stays, for Bedrock to refuse.
   */
  add({ role, content }: ConverseMessage, origin: Origin): void {
    switch (role) {
      case 'user': {
        const draft = this.#userDraft();
        for (const block of content) {
          if ('toolResult' in block) this.#addResultBlock(draft, block, origin);
          else draft.tail.push(this.#withOwnName(block));
        }
        break;
      }
      case 'assistant': {
        const { head, tail } = this.#assistantDraft();
        let hasCalled = false;
        for (const block of content) {
          if ('toolUse' in block && block.toolUse.type === undefined) {
            hasCalled = true;
            const { toolUseId: id, name, input } = block.toolUse;
            if (origin === 'stored') this.#storedIds.add(id);
            this.#addCall(tail, { id, name, input }, block);
          } else (hasCalled ? tail : head).push(block);
        }
        break;
      }
      case 'system':
        if (origin === 'stored') this.system(content);
        else {
          const { tail } = this.#begin('system');
          for (const block of content) tail.push(block);
        }
    }
  }

  /** The messages; call it once, at the end. */
  finish(): readonly ConverseMessage[] {
    this.#answerOpenCalls();
    const messages: ConverseMessage[] = [];
    for (const { role, head, tail, system } of this.#drafts) {
      const content = head.length === 0 ? tail : tail.length === 0 ? head : [...head, ...tail];
      messages.push({ role, content: saysNothing(content) ? [{ text: PLACEHOLDER_TEXT }] : withText(content) });
      if (system.length > 0) messages.push({ role: 'system', content: system });
    }
    if (messages[0]?.role !== 'user') messages.unshift({ role: 'user', content: [{ text: PLACEHOLDER_TEXT }] });
    const last = messages.at(-1);
    if (last?.role === 'assistant') messages[messages.length - 1] = withoutBlankEnd(last);
    return messages;
  }

  /** False: the very same call is here. */
  #addCall(tail: ConverseContentBlock[], call: HistoryCall, block: ConverseToolUseBlock | undefined): boolean {
    const open = this.#calls.add(call, () => this.#ids.take(call.id ?? `call_${++this.#made}`));
    if (open === undefined) return false;
    const { toolUseId } = open;
    if (block === undefined) tail.push({ toolUse: { toolUseId, name: call.name, input: call.input } });
    else tail.push(toolUseId === call.id ? block : { toolUse: { ...block.toolUse, toolUseId } });
    return true;
  }

  /** What may stand in a result, what the model takes from the user only, and cache points, which stand behind the result. */
  #sorted(content: readonly ConverseContentBlock[]): {
    readonly inside: ConverseToolResultContent[];
    readonly behind: ConverseContentBlock[];
    readonly points: ConverseContentBlock[];
  } {
    const inside: ConverseToolResultContent[] = [];
    const behind: ConverseContentBlock[] = [];
    const points: ConverseContentBlock[] = [];
    const { inToolResult } = this.#traits.media;
    for (const block of content) {
      if ('cachePoint' in block) points[0] = block;
      else if ('text' in block || 'searchResult' in block) inside.push(block);
      else if ('image' in block && inToolResult.image) inside.push(block);
      else if ('document' in block && inToolResult.document) inside.push(this.#withOwnName(block));
      else if ('video' in block && inToolResult.video) inside.push(block);
      else behind.push(block);
    }
    if (behind.length > 0) inside.push({ text: FILES_BEHIND_TEXT });
    return { inside, behind, points };
  }

  #addResult(call: OpenCall, content: readonly ConverseToolResultContent[], status: 'success' | 'error'): void {
    call.isAnswered = true;
    const filled = content.length > 0 ? content : [{ text: PLACEHOLDER_TEXT }];
    const result = { toolUseId: call.toolUseId, content: filled };
    const toolResult = this.#traits.toolResultStatus ? { ...result, status } : result;
    this.#userDraft().head.push({ toolResult });
  }

  #addResultBlock({ head, tail }: Draft, block: ConverseToolResultBlock, origin: Origin): void {
    const { toolUseId: id, content } = block.toolResult;
    const call = this.#calls.answer(id);
    if (call === 'answered') return;
    if (call !== undefined) {
      const { toolUseId } = call;
      const named = Array.isArray(content) ? content.map((part) => this.#withOwnName(part)) : content;
      const isSame = toolUseId === id && named.every((part, index) => part === content[index]);
      head.push(isSame ? block : { toolResult: { ...block.toolResult, toolUseId, content: named } });
    } else if (origin === 'stored' || this.#storedIds.has(id)) this.#addLateResult(content);
    else tail.push(block);
  }

  #addLateResult(content: readonly (ConverseContentBlock | ConverseToolResultContent)[]): void {
    const { tail } = this.#userDraft();
    tail.push({ text: LATE_RESULT_TEXT });
    for (const part of content) {
      tail.push('json' in part ? { text: JSON.stringify(part.json) } : this.#withOwnName(part));
    }
  }

  #answerOpenCalls(): void {
    for (const call of this.#calls.unanswered()) this.#addResult(call, [{ text: MISSING_RESULT_TEXT }], 'error');
  }

  /** Bedrock refuses two documents of one name, and a stored conversation may have the same one in two turns. */
  #withOwnName<Block extends object>(block: Block | ConverseDocumentBlock): Block | ConverseDocumentBlock {
    // Blocks of a Converse request have been looked at by nobody.
    if (!isRecord(block) || !('document' in block)) return block;
    const document = block['document'] as ConverseDocumentBlock['document'] | undefined;
    if (!isRecord(document) || typeof document.name !== 'string') return block;
    const name = this.#documentNames.take(document.name);
    return name === document.name ? block : { document: { ...document, name } };
  }

  #userDraft(): Draft {
    const last = this.#drafts.at(-1);
    return last?.role === 'user' ? last : this.#begin('user');
  }

  #assistantDraft(): Draft {
    const last = this.#drafts.at(-1);
    if (last?.role === 'assistant') return last;
    this.#answerOpenCalls();
    this.#calls = new OpenCalls();
    return this.#begin('assistant');
  }

  #begin(role: ConverseMessage['role']): Draft {
    const draft: Draft = { role, head: [], tail: [], system: [] };
    this.#drafts.push(draft);
    return draft;
  }
}

function saysNothing(content: readonly ConverseContentBlock[]): boolean {
  return content.every((block) => isRecord(block) && 'cachePoint' in block);
}

/**
 * An answer that the model is to go on with. Claude refuses one that ends in white space.
 * Source: https://github.com/langchain-ai/langchain-aws/pull/599 (read 2026-11-23).
 */
function withoutBlankEnd({ role, content }: ConverseMessage): ConverseMessage {
  const at = content.findLastIndex((block) => !(isRecord(block) && 'cachePoint' in block));
  const last = content[at];
  if (!isRecord(last) || !('text' in last) || typeof last.text !== 'string') return { role, content };
  const text = last.text.trimEnd();
  return text === '' || text === last.text ? { role, content } : { role, content: content.with(at, { text }) };
}

/**
 * Bedrock refuses a message with a document and no text. The text stands right behind the last document, in front of a cache
 * point that the caller has put there.
 */
function withText(content: readonly ConverseContentBlock[]): readonly ConverseContentBlock[] {
  const last = content.findLastIndex((block) => isRecord(block) && 'document' in block);
  if (last === -1 || content.some((block) => isRecord(block) && 'text' in block)) return content;
  return [...content.slice(0, last + 1), { text: PLACEHOLDER_TEXT }, ...content.slice(last + 1)];
}
