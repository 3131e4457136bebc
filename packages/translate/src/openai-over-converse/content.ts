import type { ConverseImageBlock, ConverseTextBlock, OpenaiContentPart } from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { invalidRequest } from '../json.ts';
import { dataUriToImage } from './media.ts';
import { refusedParts } from './unsupported.ts';

/** Stands where Bedrock wants some text and the caller gave none: it refuses blank text. */
export const PLACEHOLDER_TEXT = '.';

/** Whether a part may hold an image: only what users and tools say may. */
export type Images = 'images' | 'text-only';

/**
 * The text and image blocks of a message's content; blank text is left out.
 * Throws `invalid-request` for kinds of parts that have no translation.
 */
export function contentToBlocks(
  content: string | readonly OpenaiContentPart[] | null | undefined,
  images: Images,
  param: string,
  dropped: DroppedParams,
): (ConverseTextBlock | ConverseImageBlock)[] {
  if (content === null || content === undefined) return [];
  if (typeof content === 'string') return isBlank(content) ? [] : [{ text: content }];
  const blocks: (ConverseTextBlock | ConverseImageBlock)[] = [];
  for (const [index, part] of content.entries()) {
    if ('cache_control' in part || 'prompt_cache_breakpoint' in part) dropped.add('messages.cache_control');
    const partParam = `${param}.${index}`;
    switch (part.type) {
      case 'text':
        if (!isBlank(part.text)) blocks.push({ text: part.text });
        break;
      case 'refusal':
        if (!isBlank(part.refusal)) blocks.push({ text: part.refusal });
        break;
      case 'image_url':
        if (images === 'text-only') {
          throw invalidRequest('Images are possible in user and tool messages only.', `${partParam}.type`);
        }
        blocks.push(dataUriToImage(part.image_url.url, `${partParam}.image_url.url`));
        break;
      default:
        throw invalidRequest(partRefusal(part.type), `${partParam}.type`);
    }
  }
  return blocks;
}

/** Nothing but whitespace, which Bedrock refuses as a text block. */
export function isBlank(text: string): boolean {
  return text.trim() === '';
}

function partRefusal(type: string): string {
  const known = Object.hasOwn(refusedParts, type) ? refusedParts[type] : undefined;
  return known ?? 'This kind of content part is not supported. Send "text" or "image_url".';
}
