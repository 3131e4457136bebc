import type { ConverseCitation, ConverseDocumentRange, ResponsesAnnotation } from '@genai-gateway/protocol';
import { isRecord } from '../json.ts';
import { sourceFields } from '../openai-over-converse/answered-sources.ts';

/**
 * The sources of a part of a text, from `start` (an index of JavaScript) to its end. What has an address is a citation of
 * it; what is a document of the request is a citation of a file, whose id is made up of its place, because it has none.
 */
export function annotationsOf(
  text: string,
  start: number,
  citations: readonly ConverseCitation[],
): readonly ResponsesAnnotation[] {
  return citations.flatMap((citation): readonly ResponsesAnnotation[] => {
    const cited = { citationsContent: { citations: [citation] }, start, end: text.length };
    const [address] = sourceFields(text, [cited]).annotations ?? [];
    if (address !== undefined) return [{ type: 'url_citation', ...address.url_citation }];
    const index = documentIndexOf(citation.location);
    if (index === undefined) return [];
    const filename = typeof citation.title === 'string' ? citation.title : '';
    return [{ type: 'file_citation', file_id: `document-${index}`, filename, index }];
  });
}

function documentIndexOf(location: unknown): number | undefined {
  if (!isRecord(location)) return undefined;
  const range: unknown = location['documentChar'] ?? location['documentPage'] ?? location['documentChunk'];
  if (!isRecord(range)) return undefined;
  const { documentIndex = 0 }: ConverseDocumentRange = range;
  return Number.isSafeInteger(documentIndex) ? documentIndex : undefined;
}
