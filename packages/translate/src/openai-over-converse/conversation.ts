import type {
  ConverseContentBlock,
  ConverseImageBlock,
  ConverseMessage,
  ConverseTextBlock,
  ConverseToolResultBlock,
  ConverseToolResultContent,
  ConverseToolUseBlock,
} from '@genai-gateway/protocol';
import { invalidRequest, isRecord } from '../json.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';
import { UniqueNames } from '../unique-names.ts';
import { PLACEHOLDER_TEXT } from './content.ts';
import { type HistoryCall, type OpenCall, OpenCalls } from './open-calls.ts';
import { upstreamToolUseId } from './tool-use-ids.ts';

/** What the model reads when the caller gave no result for one of its calls. */
export const MISSING_RESULT_TEXT = 'No result was given for this call.';

/** Said before a result that comes when the conversation has gone on already: Bedrock takes it as text only. */
export const LATE_RESULT_TEXT = 'The result of an earlier tool call:';

/**
 * A message in the making. User: the tool results, then the rest. Assistant: what comes before its first
 * tool call, then the calls and what its model put among them.
 */
type Draft = {
  readonly role: ConverseMessage['role'];
  readonly head: ConverseContentBlock[];
  readonly tail: ConverseContentBlock[];
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
  readonly #documentNames = new UniqueNames(documentName);
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

  user(blocks: readonly (ConverseTextBlock | ConverseImageBlock)[]): void {
    const { tail } = this.#userDraft();
    for (const block of blocks) tail.push(block);
  }

  assistant(texts: readonly ConverseTextBlock[], calls: readonly HistoryCall[]): void {
    const { head, tail } = this.#assistantDraft();
    for (const text of texts) head.push(text);
    for (const call of calls) this.#addCall(tail, call, undefined);
  }

  /**
   * Puts a result to its call. A second result for one call is left out.
   * Throws `invalid-request` at `param` when the assistant made no such call.
   */
  toolResult(callerId: string | undefined, content: readonly ConverseToolResultContent[], param: string): void {
    const call = this.#calls.answer(callerId);
    if (call === 'answered') return;
    if (call !== undefined) this.#addResult(call, content, 'success');
    else if (callerId !== undefined && this.#storedIds.has(callerId)) this.#addLateResult(content);
    else {
      throw invalidRequest(
        'This tool message answers no tool call. Put it after the assistant message whose `tool_calls` has this id.',
        param,
      );
    }
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
      case 'system': {
        const { tail } = this.#begin('system');
        for (const block of content) tail.push(block);
      }
    }
  }

  /** The messages; call it once, at the end. */
  finish(): readonly ConverseMessage[] {
    this.#answerOpenCalls();
    const messages = this.#drafts.map(({ role, head, tail }): ConverseMessage => {
      const content = head.length === 0 ? tail : tail.length === 0 ? head : [...head, ...tail];
      return { role, content: content.length === 0 ? [{ text: PLACEHOLDER_TEXT }] : content };
    });
    if (messages[0]?.role !== 'user') messages.unshift({ role: 'user', content: [{ text: PLACEHOLDER_TEXT }] });
    return messages;
  }

  #addCall(tail: ConverseContentBlock[], call: HistoryCall, block: ConverseToolUseBlock | undefined): void {
    const open = this.#calls.add(call, () => this.#ids.take(call.id ?? `call_${++this.#made}`));
    if (open === undefined) return;
    const { toolUseId } = open;
    if (block === undefined) tail.push({ toolUse: { toolUseId, name: call.name, input: call.input } });
    else tail.push(toolUseId === call.id ? block : { toolUse: { ...block.toolUse, toolUseId } });
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
      head.push(toolUseId === id ? block : { toolResult: { ...block.toolResult, toolUseId } });
    } else if (origin === 'stored' || this.#storedIds.has(id)) this.#addLateResult(content);
    else tail.push(block);
  }

  #addLateResult(content: readonly ConverseToolResultContent[]): void {
    const { tail } = this.#userDraft();
    tail.push({ text: LATE_RESULT_TEXT });
    for (const part of content) tail.push('json' in part ? { text: JSON.stringify(part.json) } : part);
  }

  #answerOpenCalls(): void {
    for (const call of this.#calls.unanswered()) this.#addResult(call, [{ text: MISSING_RESULT_TEXT }], 'error');
  }

  /** Bedrock refuses two documents of one name, and a stored conversation may have the same one in two turns. */
  #withOwnName(block: ConverseContentBlock): ConverseContentBlock {
    if (!('document' in block)) return block;
    const { document } = block;
    // Blocks of a Converse request have been looked at by nobody.
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
    const draft: Draft = { role, head: [], tail: [] };
    this.#drafts.push(draft);
    return draft;
  }
}

/**
 * At most 200 letters, digits, blanks, hyphens and brackets.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html (as of 2026-11-23).
 */
function documentName(name: string, round: number): string {
  return round === 1 ? name : `${name.slice(0, 190)} (${round})`;
}
