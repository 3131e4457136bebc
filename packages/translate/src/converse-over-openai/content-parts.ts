import type {
  ConverseContentBlock,
  ConverseGuardContentBlock,
  ConverseSearchResultBlock,
  ConverseToolResultContent,
  LitellmPart,
  LitellmTextPart,
} from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { invalidRequest } from '../json.ts';
import { documentToParts } from './documents.ts';
import { audioToPart, imageToPart, videoToPart } from './media-parts.ts';

/**
 * What a block says, as parts; several where there is more to say of it than it holds. Throws `invalid-request` for blocks
 * that are no content, and for bytes that are not at hand.
 */
export function contentParts(
  block: ConverseContentBlock | ConverseToolResultContent,
  place: string,
  dropped: DroppedParams,
): readonly LitellmPart[] {
  if ('text' in block) return [{ type: 'text', text: block.text }];
  if ('json' in block) return [{ type: 'text', text: JSON.stringify(block.json) }];
  if ('image' in block) return [imageToPart(block, place)];
  if ('document' in block) {
    if (block.document.citations?.enabled === true) dropped.add('citations');
    return documentToParts(block, place);
  }
  if ('video' in block) return [videoToPart(block, place)];
  if ('audio' in block) return [audioToPart(block, place)];
  if ('searchResult' in block) {
    if (block.searchResult.citations?.enabled === true) dropped.add('citations');
    return [searchResultPart(block)];
  }
  if ('guardContent' in block) return [guardedPart(block, place)];
  // Its text is nowhere else in the message; where it was from, a model has no use for.
  if ('citationsContent' in block) {
    return (block.citationsContent.content ?? []).map(({ text }): LitellmTextPart => ({ type: 'text', text }));
  }
  throw invalidRequest('This block does not belong here.', place);
}

/** Without a guardrail, which no model of LiteLLM is called with, this is plain content. */
function guardedPart({ guardContent }: ConverseGuardContentBlock, place: string): LitellmPart {
  if ('text' in guardContent) return { type: 'text', text: guardContent.text.text };
  return imageToPart(guardContent, `${place}.guardContent`);
}

function searchResultPart({ searchResult }: ConverseSearchResultBlock): LitellmTextPart {
  const { title, source, content } = searchResult;
  return { type: 'text', text: [`${title}\n${source}`, ...content.map(({ text }) => text)].join('\n\n') };
}
