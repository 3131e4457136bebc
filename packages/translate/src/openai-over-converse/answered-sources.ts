import type { ConverseCitation, ConverseCitationsBlock, OpenaiAnnotation } from '@genai-gateway/protocol';
import { isRecord, textOf } from '../json.ts';

type CitationsContent = ConverseCitationsBlock['citationsContent'];

/** A text with its sources, and where it begins in the text of the whole answer (an index of JavaScript). */
export interface CitedText {
  readonly citationsContent: CitationsContent;
  readonly start: number;
  readonly end: number;
}

/** The end of `text`, from `start`, with its sources. */
export function citedText(text: string, start: number, citations: readonly ConverseCitation[]): CitedText {
  const end = text.length;
  const content = start === end ? {} : { content: [{ text: text.slice(start) }] };
  return { citationsContent: { ...content, citations }, start, end };
}

/** The fields of a message that tell its sources; none where it has none. */
export interface SourceFields {
  readonly annotations?: readonly OpenaiAnnotation[];
  readonly provider_specific_fields?: { readonly citationsContent: readonly CitationsContent[] };
}

/**
 * The sources of an answer. Those with an address are OpenAI's annotations; all of them, documents too, are told as Converse
 * does, in the field where LiteLLM has them.
 * Source: litellm 1.106.2, llms/bedrock/chat/converse_transformation.py `_transform_citations_to_annotations` (read 2026-11-23).
 */
export function sourceFields(text: string, cited: readonly CitedText[]): SourceFields {
  if (cited.length === 0) return {};
  const annotations = cited.flatMap(({ citationsContent, start, end }) => {
    const place = { start_index: codePoints(text.slice(0, start)), end_index: codePoints(text.slice(0, end)) };
    return (citationsContent.citations ?? []).flatMap((citation): readonly OpenaiAnnotation[] => {
      const url = addressOf(citation);
      if (url === undefined) return [];
      return [{ type: 'url_citation', url_citation: { url, title: textOf(citation.title), ...place } }];
    });
  });
  return {
    ...(annotations.length === 0 ? {} : { annotations }),
    provider_specific_fields: { citationsContent: cited.map(({ citationsContent }) => citationsContent) },
  };
}

/** The text of a stream, and the sources of its blocks. */
export class StreamedText {
  /** All of it so far: the places of sources are counted in it. */
  text = '';
  /** The block that the last text belongs to, where it begins in `text`, and its sources. */
  #block: unknown;
  #start = 0;
  #citations: ConverseCitation[] = [];
  readonly #cited: CitedText[] = [];

  add(block: unknown, text: string): void {
    this.#begin(block);
    this.text += text;
  }

  cite(block: unknown, citation: ConverseCitation): void {
    this.#begin(block);
    this.#citations.push(citation);
  }

  /** At the end of any block. */
  end(block: unknown): void {
    if (block === this.#block) this.#endBlock();
  }

  /** At the end of the answer. */
  fields(): SourceFields {
    this.#endBlock();
    return sourceFields(this.text, this.#cited);
  }

  #begin(block: unknown): void {
    if (block === this.#block) return;
    this.#endBlock();
    this.#block = block;
    this.#start = this.text.length;
  }

  #endBlock(): void {
    if (this.#citations.length === 0) return;
    this.#cited.push(citedText(this.text, this.#start, this.#citations));
    this.#citations = [];
  }
}

/** `source` is whatever the caller wrote, or the title of a document: an address only where it looks like one. */
function addressOf({ location, source }: ConverseCitation): string | undefined {
  const web: unknown = isRecord(location) && 'web' in location ? location.web : undefined;
  const url = isRecord(web) ? textOf(web['url']) : '';
  if (url !== '') return url;
  return typeof source === 'string' && /^[a-z][a-z\d+.-]*:\/\/\S+$/i.test(source) ? source : undefined;
}

function codePoints(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) count++;
  return count;
}
