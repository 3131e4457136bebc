import { isDeepStrictEqual } from 'node:util';
import type {
  ConverseContentBlock,
  ConverseImageBlock,
  ConverseMessage,
  ConverseTextBlock,
  ConverseToolResultContent,
} from '@genai-gateway/protocol';
import { invalidRequest } from '../json.ts';
import { PLACEHOLDER_TEXT } from './content.ts';
import type { ModelTraits } from './model-traits.ts';
import { upstreamToolUseId } from './tool-use-ids.ts';

/** What the model reads when the caller gave no result for one of its calls. */
export const MISSING_RESULT_TEXT = 'No result was given for this call.';

/** A call as the caller's history has it. `name` and `input` are in the upstream's form. */
export interface HistoryCall {
  readonly id: string | undefined;
  readonly name: string;
  readonly input: ConverseToolInput;
}

type ConverseToolInput = Extract<ConverseContentBlock, { toolUse: unknown }>['toolUse']['input'];
type MutableMessage = { readonly role: 'user' | 'assistant'; readonly content: ConverseContentBlock[] };
type OpenCall = { readonly call: HistoryCall; readonly toolUseId: string; isAnswered: boolean };

/**
 * Builds the messages of a Converse request under Bedrock's rules: roles alternate and begin with
 * the user; every call of an assistant message has its result in the user message right after it,
 * before anything else; no message is empty; no tool use id comes twice.
 */
export class Conversation {
  readonly #traits: ModelTraits;
  readonly #messages: MutableMessage[] = [];
  readonly #usedIds = new Set<string>();
  /** The calls of the newest assistant message. */
  #calls: OpenCall[] = [];
  /** Tool results at the front of the newest user message. */
  #results = 0;
  /** Where the tool calls of the newest assistant message begin. */
  #firstCall = 0;
  #made = 0;

  constructor(traits: ModelTraits) {
    this.#traits = traits;
  }

  user(blocks: readonly (ConverseTextBlock | ConverseImageBlock)[]): void {
    this.#userMessage().content.push(...blocks);
  }

  assistant(texts: readonly (ConverseTextBlock | ConverseImageBlock)[], calls: readonly HistoryCall[]): void {
    const { content } = this.#assistantMessage();
    content.splice(this.#firstCall, 0, ...texts);
    this.#firstCall += texts.length;
    for (const call of calls) this.#addCall(content, call);
  }

  /**
   * Puts a result to its call. A second result for one call is left out.
   * Throws `invalid-request` at `param` when the assistant made no such call.
   */
  toolResult(callerId: string | undefined, content: readonly ConverseToolResultContent[], param: string): void {
    const call = this.#calls.find((open) => !open.isAnswered && (callerId === undefined || open.call.id === callerId));
    if (call === undefined) {
      if (callerId !== undefined && this.#calls.some((open) => open.call.id === callerId)) return;
      throw invalidRequest(
        'This tool message answers no tool call. Put it after the assistant message whose `tool_calls` has this id.',
        param,
      );
    }
    this.#addResult(call, content, 'success');
  }

  /** The messages; call it once, at the end. */
  finish(): readonly ConverseMessage[] {
    this.#answerOpenCalls();
    if (this.#messages[0]?.role !== 'user') this.#messages.unshift({ role: 'user', content: [] });
    for (const { content } of this.#messages) if (content.length === 0) content.push({ text: PLACEHOLDER_TEXT });
    return this.#messages;
  }

  #addCall(content: ConverseContentBlock[], call: HistoryCall): void {
    // A client that stored a streamed call twice: one call, and one result is enough.
    const isKnown = this.#calls.some((open) => call.id !== undefined && isDeepStrictEqual(open.call, call));
    if (isKnown) return;
    const toolUseId = this.#freshId(call.id ?? `call_${++this.#made}`);
    content.push({ toolUse: { toolUseId, name: call.name, input: call.input } });
    this.#calls.push({ call, toolUseId, isAnswered: false });
  }

  /** Some clients count their ids from 0 in every turn, and ids must be unique in the whole conversation. */
  #freshId(callerId: string): string {
    const nine = this.#traits.nineCharToolUseIds;
    let id = upstreamToolUseId(callerId, nine);
    for (let round = 2; this.#usedIds.has(id); round++) id = upstreamToolUseId(`${callerId}#${round}`, nine);
    this.#usedIds.add(id);
    return id;
  }

  #addResult(call: OpenCall, content: readonly ConverseToolResultContent[], status: 'success' | 'error'): void {
    call.isAnswered = true;
    const filled = content.length > 0 ? content : [{ text: PLACEHOLDER_TEXT }];
    const result = { toolUseId: call.toolUseId, content: filled };
    const toolResult = this.#traits.toolResultStatus ? { ...result, status } : result;
    this.#userMessage().content.splice(this.#results++, 0, { toolResult });
  }

  #answerOpenCalls(): void {
    for (const call of this.#calls) {
      if (!call.isAnswered) this.#addResult(call, [{ text: MISSING_RESULT_TEXT }], 'error');
    }
  }

  #userMessage(): MutableMessage {
    const last = this.#messages.at(-1);
    if (last?.role === 'user') return last;
    this.#results = 0;
    return this.#begin('user');
  }

  #assistantMessage(): MutableMessage {
    const last = this.#messages.at(-1);
    if (last?.role === 'assistant') return last;
    this.#answerOpenCalls();
    this.#calls = [];
    this.#firstCall = 0;
    return this.#begin('assistant');
  }

  #begin(role: 'user' | 'assistant'): MutableMessage {
    const message: MutableMessage = { role, content: [] };
    this.#messages.push(message);
    return message;
  }
}
