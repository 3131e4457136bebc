import { addText, isObject, listOf, objectOf, textOf } from '../object.ts';
import { isBlank, parsedToolInput, toolInput } from '../taken-back.ts';
import { type Usage, usageFromAnthropic } from '../usage.ts';
import type { AnthropicContentBlock, AnthropicMessage } from './message.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The answer of one stream of the Messages API as the message that one would send back. One per call. It never throws:
 * what it does not know it passes over.
 * Source: https://docs.anthropic.com/en/docs/build-with-claude/streaming (read 2026-11-23, by the `@anthropic-ai/sdk`
 * package, lib/MessageStream and lib/BetaMessageStream).
 */
export class AnthropicMessageBuilder {
  readonly #blocks: BlockDraft[] = [];
  readonly #byIndex = new Map<unknown, BlockDraft>();
  #usage: Fields = {};
  #stopReason: string | undefined;
  #hasStopped = false;
  #hasFailed = false;

  /** Undefined until the model has said it. */
  get stopReason(): string | undefined {
    return this.#stopReason;
  }

  /** What was reported so far; the counts of the end stand for those of the start. */
  get usage(): Usage | undefined {
    return usageFromAnthropic(this.#usage);
  }

  /** The stream came to its own end, and no error on the way. */
  get isComplete(): boolean {
    return this.#hasStopped && !this.#hasFailed;
  }

  /** Takes the parsed data of any event. */
  push(event: unknown): void {
    const { type, index, message, delta, usage, content_block: start } = objectOf(event);
    switch (type) {
      case 'message_start':
        this.#ended(objectOf(message), objectOf(message)['usage']);
        break;
      case 'content_block_start': {
        const draft = new BlockDraft(objectOf(start));
        this.#blocks.push(draft);
        this.#byIndex.set(index, draft);
        break;
      }
      case 'content_block_delta':
        this.#byIndex.get(index)?.add(objectOf(delta));
        break;
      case 'message_delta':
        this.#ended(objectOf(delta), usage);
        break;
      case 'message_stop':
        this.#hasStopped = true;
        break;
      case 'error':
        this.#hasFailed = true;
    }
  }

  /** What has come so far; undefined: nothing that a model takes back. */
  message(): AnthropicMessage | undefined {
    return answer(this.#blocks.map((draft) => draft.block()));
  }

  #ended({ stop_reason: reason }: Fields, usage: unknown): void {
    if (typeof reason === 'string') this.#stopReason = reason;
    const reported = Object.entries(objectOf(usage)).filter(([, value]) => value !== null);
    this.#usage = { ...this.#usage, ...Object.fromEntries(reported) };
  }
}

/**
 * The answer of the Messages API as the message that one would send back; undefined: there is none, or nothing in it that
 * a model takes back.
 */
export function anthropicAnswerOf(reply: unknown): AnthropicMessage | undefined {
  return answer(listOf(objectOf(reply)['content']));
}

/** What has come of one content block: what its start says, and the pieces behind it. */
class BlockDraft {
  readonly #start: Fields;
  readonly #texts: string[] = [];
  readonly #citations: unknown[] = [];
  readonly #inputs: string[] = [];
  readonly #thoughts: string[] = [];
  /** Fields that a delta gives whole. */
  #whole: Fields = {};

  constructor(start: Fields) {
    this.#start = start;
  }

  add({ type, ...delta }: Fields): void {
    if (type === 'text_delta') addText(this.#texts, delta['text']);
    else if (type === 'input_json_delta') addText(this.#inputs, delta['partial_json']);
    else if (type === 'thinking_delta') addText(this.#thoughts, delta['thinking']);
    else if (type === 'citations_delta') this.#citations.push(...[delta['citation']].filter(isObject));
    else if (type === 'signature_delta' || type === 'compaction_delta') this.#whole = { ...this.#whole, ...delta };
  }

  block(): Fields {
    const { text, thinking, citations } = this.#start;
    return {
      ...this.#start,
      ...this.#whole,
      ...(this.#texts.length === 0 ? {} : { text: textOf(text) + this.#texts.join('') }),
      ...(this.#citations.length === 0 ? {} : { citations: [...listOf(citations), ...this.#citations] }),
      ...(this.#thoughts.length === 0 ? {} : { thinking: textOf(thinking) + this.#thoughts.join('') }),
      ...(this.#inputs.length === 0 ? {} : { input: parsedToolInput(this.#inputs.join('')) }),
    };
  }
}

function answer(blocks: readonly unknown[]): AnthropicMessage | undefined {
  const content = blocks.flatMap(takenBack);
  return content.length === 0 ? undefined : { role: 'assistant', content };
}

/** Blocks of every kind stay; only what Anthropic would refuse goes. */
function takenBack(block: unknown): readonly AnthropicContentBlock[] {
  if (!isObject(block) || typeof block['type'] !== 'string') return [];
  const { citations, ...rest } = block;
  const known = (citations === null ? rest : block) as unknown as AnthropicContentBlock;
  if (known.type === 'text') return isBlank(textOf(known.text)) ? [] : [known];
  if (known.type !== 'tool_use' && known.type !== 'server_tool_use') return [known];
  return textOf(known.id) === '' || textOf(known.name) === '' ? [] : [{ ...known, input: toolInput(known.input) }];
}
