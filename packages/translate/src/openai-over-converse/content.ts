import type { ConverseContentBlock, ConverseTextBlock, OpenaiContentPart } from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { invalidRequest } from '../json.ts';
import { byteLength } from '../media/base64.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';
import { pointOf } from '../prompt-caching/marks.ts';
import {
  audioBlock,
  documentBlock,
  fileBlock,
  imageBlock,
  type MediaBlock,
  sourceImageBlock,
  videoBlock,
} from './media.ts';
import { isThought } from './thoughts.ts';

/** Stands where Bedrock wants some text and the caller gave none: it refuses blank text. */
export const PLACEHOLDER_TEXT = '.';

/**
 * Limits of one request; images have none but their models' own.
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/inference-api-restrictions.html (read 2026-11-23).
 */
export const MAX_DOCUMENTS = 5;
const MAX_DOCUMENT_BYTES = 4.5 * 1024 * 1024;
/** Newer models take larger ones of these, and Bedrock knows which. */
const maybeLarger: ReadonlySet<string> = new Set(['pdf', 'docx']);

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Of whom the content is: only what users and tools say may hold files. `newest`: of a user to whom no answer has been given. */
export type Speaker = 'system' | 'user' | 'newest' | 'assistant' | 'tool';

/** Reads the contents of one request's messages. */
export class ContentReader {
  readonly #facts: ModelFacts;
  readonly #dropped: DroppedParams;
  #documents = 0;

  constructor(facts: ModelFacts, dropped: DroppedParams) {
    this.#facts = facts;
    this.#dropped = dropped;
  }

  /**
   * The blocks of a message's content, each with the cache point that it asks for behind it; blank text and thinking are left
   * out. Throws `invalid-request` for kinds of parts that have no translation, and for files that the model does not take.
   */
  read(
    content: string | readonly OpenaiContentPart[] | null | undefined,
    speaker: Speaker,
    param: string,
  ): ConverseContentBlock[] {
    if (content === null || content === undefined) return [];
    if (typeof content === 'string') return textBlocks(content);
    const blocks: ConverseContentBlock[] = [];
    for (const [index, part] of content.entries()) {
      if (!isThought(part))
        for (const block of this.#partBlocks(part, speaker, `${param}.${index}`)) blocks.push(block);
      const point = pointOf(part);
      if (point !== undefined) blocks.push(point);
    }
    return blocks;
  }

  #partBlocks(part: OpenaiContentPart, speaker: Speaker, param: string): readonly ConverseContentBlock[] {
    switch (part.type) {
      case 'text':
        return textBlocks(part.text);
      case 'refusal':
        return textBlocks(part.refusal);
      case 'guarded_text':
      case 'grounding_source':
      case 'query':
        return this.#guarded(part.text, part.type, speaker);
      case 'search_result':
        return this.#searchResult(part);
      case 'image_url': {
        const { image_url: image } = part;
        const [url, at] = typeof image === 'string' ? [image, 'image_url'] : [image.url, 'image_url.url'];
        return this.#media(speaker, param, () => imageBlock(url, `${param}.${at}`));
      }
      case 'file':
        return this.#media(speaker, param, () => fileBlock(part, param));
      case 'document':
        return this.#media(speaker, param, () => documentBlock(part, param));
      case 'input_audio':
        return this.#media(speaker, param, () => audioBlock(part, param));
      case 'video_url':
      case 'input_video':
        return this.#media(speaker, param, () => videoBlock(part, param));
      default:
        return this.#strangePart(part, speaker, param);
    }
  }

  /** A kind of part that OpenAI's types do not have. */
  #strangePart(part: object, speaker: Speaker, param: string): readonly ConverseContentBlock[] {
    const { type, source, cachePoint } = part as Readonly<Record<string, unknown>>;
    if (type === undefined && cachePoint !== undefined) return [];
    if (type === 'image') return this.#media(speaker, param, () => sourceImageBlock(source, param));
    throw invalidRequest(
      'This kind of content part is not supported. Send "text", "image_url", "file", "input_audio" or "video_url".',
      `${param}.type`,
    );
  }

  #media(speaker: Speaker, param: string, read: () => MediaBlock): readonly ConverseContentBlock[] {
    if (speaker === 'system' || speaker === 'assistant') {
      throw invalidRequest('Files and images are possible in user and tool messages only.', `${param}.type`);
    }
    const block = read();
    const kind = kindOf(block);
    const { media, family } = this.#facts;
    if (!media[kind]) {
      const name =
        family === 'unknown' ? 'This model takes' : `Models of the family "${family}" that are like this one take`;
      throw invalidRequest(`${name} no ${plural[kind]}. Send text, or ask a model that takes them.`, `${param}.type`);
    }
    if (!('document' in block)) return [block];
    this.#checkDocument(block, param);
    if (block.document.citations === undefined || this.#facts.citations) return [block];
    const { citations, ...document } = block.document;
    if (citations.enabled) this.#dropped.add('messages.citations');
    return [{ document }];
  }

  #checkDocument({ document: { format, source } }: Extract<MediaBlock, { document: unknown }>, param: string): void {
    this.#documents += 1;
    if (this.#documents > MAX_DOCUMENTS) {
      throw invalidRequest(
        `Bedrock takes at most ${MAX_DOCUMENTS} documents in one request. Send fewer, or their text.`,
        param,
      );
    }
    if (maybeLarger.has(format ?? '') || !('bytes' in source) || byteLength(source.bytes) <= MAX_DOCUMENT_BYTES) return;
    throw invalidRequest(
      'Bedrock takes documents of this format up to 4.5 MB. Send a smaller one, or its text.',
      param,
    );
  }

  /**
   * Text for the guardrail. It looks at nothing else as soon as there is some, so text of earlier turns is plain: a
   * conversation that goes on is looked at by what is new in it.
   */
  #guarded(
    text: string,
    type: 'guarded_text' | 'grounding_source' | 'query',
    speaker: Speaker,
  ): readonly ConverseContentBlock[] {
    if (text.trim() === '') return [];
    if (speaker !== 'newest' || !this.#facts.guardContent) return [{ text }];
    const qualifiers = type === 'guarded_text' ? {} : { qualifiers: [type] };
    return [{ guardContent: { text: { text, ...qualifiers } } }];
  }

  #searchResult(part: Extract<OpenaiContentPart, { type: 'search_result' }>): readonly ConverseContentBlock[] {
    const { source, title, citations } = part;
    const content = part.content.filter(({ text }) => text.trim() !== '').map(({ text }) => ({ text }));
    if (content.length === 0) return [];
    if (!this.#facts.citations) {
      if (citations?.enabled === true) this.#dropped.add('messages.citations');
      return textBlocks([title, source, ...content.map(({ text }) => text)].join('\n'));
    }
    const searchResult: Mutable<Extract<ConverseContentBlock, { searchResult: unknown }>['searchResult']> = {
      source,
      title,
      content,
    };
    if (citations?.enabled !== undefined) searchResult.citations = { enabled: citations.enabled };
    return [{ searchResult }];
  }
}

const plural = { image: 'images', document: 'documents', video: 'videos', audio: 'recordings' } as const;

/** Which kind of file a block is. */
function kindOf(block: MediaBlock): keyof typeof plural {
  if ('image' in block) return 'image';
  if ('document' in block) return 'document';
  return 'video' in block ? 'video' : 'audio';
}

function textBlocks(text: string): ConverseTextBlock[] {
  return isBlank(text) ? [] : [{ text }];
}

/** Nothing but whitespace, which Bedrock refuses as a text block. */
export function isBlank(text: string): boolean {
  return text.trim() === '';
}
