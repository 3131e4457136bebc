import type {
  AnthropicContentBlock,
  AnthropicMessage,
  AnthropicSearchResultBlock,
  AnthropicTextBlock,
  AnthropicToolResultBlock,
  ConverseContentBlock,
} from '@genai-gateway/protocol';
import { redactedToBytes } from '../converse-over-openai/reasoning.ts';
import type { DroppedParams } from '../dropped-params.ts';
import { invalidRequest, isRecord } from '../json.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';
import { isBlank, MAX_DOCUMENTS } from '../openai-over-converse/content.ts';
import { pointOf } from '../prompt-caching/marks.ts';
import type { ToolNameMap } from '../tools/tool-names.ts';
import { citationToConverse } from './citations.ts';
import { documentToConverse, imageToConverse } from './media.ts';
import { blockRefusal } from './unsupported.ts';

/** Said before what a failed tool gave, where the model has no field that says so. */
export const FAILED_TOOL_TEXT = 'The call of the tool failed:';

type Content = AnthropicMessage['content'];
type Blocks = readonly ConverseContentBlock[];

/**
 * Reads the blocks of one request's messages, each followed by the cache point that it asks for. Blank texts are left out, and so
 * is thinking that the model would not take back.
 * Its methods throw `invalid-request` for kinds of blocks that have no translation, and for files that the model does not take.
 */
export class BlockReader {
  readonly #facts: ModelFacts;
  readonly #names: ToolNameMap;
  readonly #dropped: DroppedParams;
  #documents = 0;

  constructor(facts: ModelFacts, names: ToolNameMap, dropped: DroppedParams) {
    this.#facts = facts;
    this.#names = names;
    this.#dropped = dropped;
  }

  /** What the assistant said. */
  assistant(content: Content, place: string): Blocks {
    if (typeof content === 'string') return textBlock(content);
    return content.flatMap((block, index) => this.#withPoint(block, this.#said(block, `${place}.${index}`)));
  }

  /** One block of the user that is no result of a tool. */
  user(block: AnthropicContentBlock, place: string): Blocks {
    return this.#withPoint(block, this.#given(block, place));
  }

  /**
   * What a result of a tool holds. Converse has no place for a cache point within it, so the last one of a result stands behind all
   * that it holds.
   */
  result(block: AnthropicToolResultBlock, place: string): Blocks {
    const { is_error: hasFailed } = block;
    // null passes for "not given".
    const content = block.content ?? '';
    const said = hasFailed === true && !this.#facts.toolResultStatus ? [{ text: FAILED_TOOL_TEXT }] : [];
    if (typeof content === 'string') return this.#withPoint(block, [...said, ...textBlock(content)]);
    const blocks = content.flatMap((part, index) => this.user(part, `${place}.content.${index}`));
    return this.#withPoint(block, [...said, ...blocks]);
  }

  #withPoint(block: AnthropicContentBlock, blocks: Blocks): Blocks {
    const point = pointOf(block);
    return point === undefined ? blocks : [...blocks, point];
  }

  #said(block: AnthropicContentBlock, place: string): Blocks {
    switch (block.type) {
      case 'text':
        return this.#text(block);
      case 'tool_use': {
        const { id, name, input } = block;
        return [{ toolUse: { toolUseId: id, name: this.#names.upstream(name), input: isRecord(input) ? input : {} } }];
      }
      case 'thinking': {
        const { thinking: text, signature } = block;
        if (!this.#facts.signedReasoning || !signature) return [];
        return [{ reasoningContent: { reasoningText: { text, signature } } }];
      }
      case 'redacted_thinking':
        if (!this.#facts.signedReasoning) return [];
        return [{ reasoningContent: { redactedContent: redactedToBytes(block.data) } }];
      default:
        throw invalidRequest(
          ['image', 'document', 'search_result', 'tool_result'].includes(block.type)
            ? `Blocks of type "${block.type}" are possible in user messages only.`
            : blockRefusal(block.type),
          `${place}.type`,
        );
    }
  }

  #given(block: AnthropicContentBlock, place: string): Blocks {
    switch (block.type) {
      case 'text':
        return textBlock(block.text);
      case 'image':
        this.#checkMedia('image', place);
        return [imageToConverse(block, place)];
      case 'document':
        this.#checkMedia('document', place);
        this.#documents += 1;
        if (this.#documents > MAX_DOCUMENTS) {
          throw invalidRequest(
            `At most ${MAX_DOCUMENTS} documents are possible in one request. Send the text of the others.`,
            place,
          );
        }
        this.#nameCitations(block.citations?.enabled);
        return [documentToConverse(block, this.#facts.citations, place)];
      case 'search_result':
        this.#nameCitations(block.citations?.enabled);
        return this.#searchResult(block);
      default:
        throw invalidRequest(
          block.type === 'tool_use' ? 'Calls are possible in assistant messages only.' : blockRefusal(block.type),
          `${place}.type`,
        );
    }
  }

  #text({ text, citations }: AnthropicTextBlock): Blocks {
    if (isBlank(text) || !this.#facts.citations || !citations || citations.length === 0) return textBlock(text);
    return [{ citationsContent: { content: [{ text }], citations: citations.map(citationToConverse) } }];
  }

  /** Models without citations read it as a text, its title and source in the first lines. */
  #searchResult({ source, title, content, citations }: AnthropicSearchResultBlock): Blocks {
    const texts = content.flatMap(({ text }) => textBlock(text));
    if (texts.length === 0) return [];
    if (!this.#facts.citations) return [{ text: [title, source, ...texts.map(({ text }) => text)].join('\n') }];
    const cited = citations?.enabled === undefined ? {} : { citations: { enabled: citations.enabled } };
    return [{ searchResult: { source, title, content: texts, ...cited } }];
  }

  #checkMedia(kind: 'image' | 'document', place: string): void {
    if (this.#facts.media[kind]) return;
    throw invalidRequest(`This model takes no ${kind}s. Send text, or ask a model that takes them.`, `${place}.type`);
  }

  #nameCitations(isWanted: boolean | undefined): void {
    if (isWanted === true && !this.#facts.citations) this.#dropped.add('messages.citations');
  }
}

function textBlock(text: string): readonly { readonly text: string }[] {
  return isBlank(text) ? [] : [{ text }];
}
