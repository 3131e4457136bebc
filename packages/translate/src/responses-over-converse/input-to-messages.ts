import type {
  LitellmThinkingBlock,
  ResponsesInputItem,
  ResponsesInputPart,
  ResponsesRequest,
} from '@genai-gateway/protocol';
import { thinkingOf } from './encrypted-thinking.ts';

/** Told of every message, part and call: its path in the chat request, and that of what it was made from. */
export type PathRecorder = (chatPath: string, ownPath: string) => void;

/** An assistant message in the making, whose parts have to come in the order thinking, text, calls. */
interface AssistantDraft {
  readonly thinking: LitellmThinkingBlock[];
  readonly content: object[];
  readonly calls: object[];
}

/** The only property of a custom tool's arguments, whose value is the tool's input. */
export const CUSTOM_INPUT = 'input';

/**
 * `instructions` and `input` as the messages of a chat request, to be checked by `parseOpenaiChatRequest`. Items of the
 * assistant make one message for as long as a chat message can hold them in their order, else another one, which the
 * translation to Converse joins again: a model that thought between what it said wants to see its thoughts where they were.
 * Only calls stand last in their turn, because nothing may follow them there.
 */
export function inputToMessages(request: ResponsesRequest, record?: PathRecorder): readonly object[] {
  const messages = new Messages(record);
  if (request.instructions) messages.add({ role: 'system', content: request.instructions }, 'instructions');
  const { input } = request;
  if (typeof input === 'string') {
    if (input !== '') messages.add({ role: 'user', content: input }, 'input');
  } else {
    for (const [index, item] of (input ?? []).entries()) messages.item(item, `input.${index}`);
  }
  return messages.finish();
}

class Messages {
  readonly #record: PathRecorder | undefined;
  readonly #messages: object[] = [];
  #draft: AssistantDraft | undefined;

  constructor(record: PathRecorder | undefined) {
    this.#record = record;
  }

  add(message: object, path: string): void {
    this.finish();
    this.#record?.(`messages.${this.#messages.length}`, path);
    this.#messages.push(message);
  }

  item(item: ResponsesInputItem, path: string): void {
    switch (item.type) {
      case 'function_call':
        this.#call(item.call_id, item.name, item.arguments, path);
        break;
      case 'custom_tool_call':
        this.#call(item.call_id, item.name, JSON.stringify({ [CUSTOM_INPUT]: item.input }), path);
        break;
      case 'function_call_output':
      case 'custom_tool_call_output':
        this.add({ role: 'tool', tool_call_id: item.call_id, content: contentOf(item.output) }, path);
        break;
      case 'reasoning':
        this.#thinking(thinkingOf(item.encrypted_content), path);
        break;
      default:
        if (item.role === 'assistant') this.#said(item.content, path);
        else this.add({ role: item.role, content: contentOf(item.content) }, path);
    }
  }

  /** The messages; what the assistant said last is one of them. */
  finish(): readonly object[] {
    if (this.#draft !== undefined) {
      const { thinking, content, calls } = this.#draft;
      this.#messages.push({
        role: 'assistant',
        content: content.length === 0 ? null : content,
        ...(thinking.length === 0 ? {} : { thinking_blocks: thinking }),
        ...(calls.length === 0 ? {} : { tool_calls: calls }),
      });
      this.#draft = undefined;
    }
    return this.#messages;
  }

  #thinking(blocks: readonly LitellmThinkingBlock[], path: string): void {
    if (blocks.length === 0) return;
    const draft = this.#assistant(path, ({ content, calls }) => content.length === 0 && calls.length === 0);
    for (const block of blocks) draft.thinking.push(block);
  }

  #said(content: string | readonly ResponsesInputPart[], path: string): void {
    const parts = typeof content === 'string' ? [{ type: 'text', text: content }] : content.map(partOf);
    if (parts.length === 0) return;
    const draft = this.#assistant(path, ({ calls }) => calls.length === 0);
    for (const [index, part] of parts.entries()) {
      this.#record?.(`messages.${this.#messages.length}.content.${draft.content.length}`, `${path}.content.${index}`);
      draft.content.push(part);
    }
  }

  #call(id: string, name: string, text: string, path: string): void {
    const { calls } = this.#assistant(path, () => true);
    this.#record?.(`messages.${this.#messages.length}.tool_calls.${calls.length}`, path);
    calls.push({ id, type: 'function', function: { name, arguments: text } });
  }

  /** The message in the making, where what comes next may stand behind what it has, else a new one. */
  #assistant(path: string, mayFollow: (draft: AssistantDraft) => boolean): AssistantDraft {
    if (this.#draft !== undefined && mayFollow(this.#draft)) return this.#draft;
    this.finish();
    this.#record?.(`messages.${this.#messages.length}`, path);
    this.#draft = { thinking: [], content: [], calls: [] };
    return this.#draft;
  }
}

function contentOf(content: string | readonly ResponsesInputPart[]): string | readonly object[] {
  return typeof content === 'string' ? content : content.map(partOf);
}

function partOf(part: ResponsesInputPart): object {
  const translated = translatedPart(part);
  const cache = cacheControlOf(part);
  return cache === undefined ? translated : { ...translated, cache_control: cache };
}

function translatedPart(part: ResponsesInputPart): object {
  switch (part.type) {
    case 'input_image': {
      const { image_url: url, detail } = part;
      return { type: 'image_url', image_url: { url, ...(detail ? { detail } : {}) } };
    }
    case 'input_file': {
      const { file_data, filename } = part;
      return { type: 'file', file: { file_data, ...(filename ? { filename } : {}) } };
    }
    case 'input_audio':
      return { type: 'input_audio', input_audio: part.input_audio };
    case 'refusal':
      return { type: 'refusal', refusal: part.refusal };
    default:
      return { type: 'text', text: part.text };
  }
}

/** OpenAI's own mark, or Anthropic's, which clients put on parts of any dialect. */
function cacheControlOf(part: ResponsesInputPart): unknown {
  if ('cache_control' in part && part.cache_control) return part.cache_control;
  return 'prompt_cache_breakpoint' in part && part.prompt_cache_breakpoint ? { type: 'ephemeral' } : undefined;
}
