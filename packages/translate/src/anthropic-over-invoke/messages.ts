import type {
  AnthropicContentBlock,
  AnthropicMessage,
  AnthropicRequest,
  AnthropicTextBlock,
} from '@genai-gateway/protocol';
import { invalidRequest, isRecord } from '../json.ts';
import { mediaOfUri } from '../media/media-of.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';
import { isBlank, PLACEHOLDER_TEXT } from '../openai-over-converse/content.ts';
import { systemNote } from '../openai-over-converse/stored-messages.ts';
import { withMark } from './cache-marks.ts';

/** What is said before the first message, and the messages. */
export interface InvokeMessages {
  readonly system: readonly AnthropicTextBlock[] | string | undefined;
  readonly messages: readonly AnthropicMessage[];
}

/**
 * The messages as Claude takes them on Bedrock: no blank texts, no thinking without a signature, no fields of Anthropic's own.
 * System messages in front become system text; a later one stays where the model takes such, and else becomes a note of the user.
 * Throws `invalid-request` for what Bedrock cannot get (files, addresses) and for tools that Anthropic runs.
 */
export function messagesToInvoke(
  { system, messages }: Pick<AnthropicRequest, 'system' | 'messages'>,
  facts: ModelFacts,
): InvokeMessages {
  const first = messages.findIndex(({ role }) => role !== 'system');
  const leading = first === -1 ? messages : messages.slice(0, first);
  const said = messages.slice(leading.length).map(({ role, content }, index): AnthropicMessage => {
    const place = `messages.${leading.length + index}.content`;
    const blocks = contentToInvoke(content, facts, place);
    if (role !== 'system' || facts.systemInConversation) return { role, content: filled(blocks) };
    return { role: 'user', content: filled(typeof blocks === 'string' ? systemNote(blocks) : blocks.map(asNote)) };
  });
  // As for the other models: the first word is the user's.
  if (said[0]?.role !== 'user') said.unshift({ role: 'user', content: PLACEHOLDER_TEXT });
  const own = systemToInvoke(system, facts);
  if (leading.length === 0) return { system: own, messages: said };
  const notes = leading.flatMap(({ content }) => textsOf(content, facts));
  const all = [...textsOf(own ?? '', facts), ...notes];
  return { system: all.length === 0 ? undefined : all, messages: said };
}

function systemToInvoke(system: AnthropicRequest['system'], facts: ModelFacts): InvokeMessages['system'] {
  if (system === undefined || system === null) return undefined;
  if (typeof system === 'string') return isBlank(system) ? undefined : system;
  const texts = textsOf(system, facts);
  return texts.length === 0 ? undefined : texts;
}

function textsOf(content: AnthropicMessage['content'], facts: ModelFacts): readonly AnthropicTextBlock[] {
  if (typeof content === 'string') return isBlank(content) ? [] : [{ type: 'text', text: content }];
  return content.flatMap((block) => (block.type === 'text' && !isBlank(block.text) ? [withMark(block, facts)] : []));
}

function asNote(block: AnthropicContentBlock): AnthropicContentBlock {
  return block.type === 'text' ? { ...block, text: systemNote(block.text) } : block;
}

function filled(content: AnthropicMessage['content']): AnthropicMessage['content'] {
  return content.length === 0 || (typeof content === 'string' && isBlank(content)) ? PLACEHOLDER_TEXT : content;
}

function contentToInvoke(
  content: AnthropicMessage['content'],
  facts: ModelFacts,
  place: string,
): AnthropicMessage['content'] {
  if (typeof content === 'string') return content;
  return content.flatMap((block, index) => blockToInvoke(block, facts, `${place}.${index}`));
}

function blockToInvoke(
  block: AnthropicContentBlock,
  facts: ModelFacts,
  place: string,
): readonly AnthropicContentBlock[] {
  switch (block.type) {
    case 'text': {
      if (isBlank(block.text)) return [];
      const { citations, ...rest } = block;
      return [withMark(citations ? block : rest, facts)];
    }
    case 'thinking':
      return block.signature ? [block] : [];
    case 'image':
      if (block.source.type === 'base64') return [withMark(block, facts)];
      return [withMark({ ...block, source: ownBytes(block.source, 'image', place) }, facts)];
    case 'document': {
      const { source } = block;
      if (source.type === 'content' && typeof source.content !== 'string') {
        const content = contentToInvoke(source.content, facts, `${place}.source.content`);
        return [withMark({ ...block, source: { ...source, content } }, facts)];
      }
      if (source.type !== 'url' && source.type !== 'file') return [withMark(block, facts)];
      return [withMark({ ...block, source: ownBytes(source, 'document', place) }, facts)];
    }
    case 'tool_use': {
      const { id, name, input, cache_control } = block;
      const call = { type: block.type, id, name, input: isRecord(input) ? input : {} };
      return [withMark(cache_control ? { ...call, cache_control } : call, facts)];
    }
    case 'tool_result': {
      const { tool_use_id, content, is_error, cache_control } = block;
      const said =
        content === undefined || content === null
          ? {}
          : { content: contentToInvoke(content, facts, `${place}.content`) };
      const failed = is_error === true ? { is_error } : {};
      const mark = cache_control ? { cache_control } : {};
      return [withMark({ type: block.type, tool_use_id, ...said, ...failed, ...mark }, facts)];
    }
    case 'redacted_thinking':
      return [block];
    case 'search_result': {
      const content = textsOf(block.content, facts);
      return content.length === 0 ? [] : [withMark({ ...block, content }, facts)];
    }
    default:
      refuseAnthropicsOwn(block, place);
      return [withMark(block, facts)];
  }
}

/** The bytes of a `data:` URI, which some clients send as an address; others than such cannot be got. */
function ownBytes(
  source: { readonly type: 'url'; readonly url: string } | { readonly type: 'file' },
  what: 'image' | 'document',
  place: string,
): { readonly type: 'base64'; readonly media_type: string; readonly data: string } {
  const media = source.type === 'url' ? mediaOfUri(source.url) : 'address';
  if (typeof media === 'object' && media.kind === what && (what === 'image' || media.format === 'pdf')) {
    const media_type = what === 'image' ? `image/${media.format}` : 'application/pdf';
    return { type: 'base64', media_type, data: media.bytes };
  }
  const example = what === 'image' ? 'image/png' : 'application/pdf';
  const why =
    source.type === 'file'
      ? 'Files of Anthropic’s own store cannot be read from here.'
      : `The gateway does not fetch ${what}s.`;
  throw invalidRequest(
    `${why} Send the ${what} itself: { "type": "base64", "media_type": "${example}", "data": "<the bytes in base64>" }.`,
    `${place}.source`,
  );
}

/** What Anthropic runs by itself does not run on Bedrock; a search among the caller's own tools does. */
function refuseAnthropicsOwn(block: AnthropicContentBlock, place: string): void {
  const { type } = block;
  const isSearch =
    type === 'tool_search_tool_result' ||
    (type === 'server_tool_use' && typeof block['name'] === 'string' && block['name'].startsWith('tool_search_'));
  if (isSearch) return;
  if (type === 'container_upload' || type === 'server_tool_use' || type.endsWith('_tool_result')) {
    throw invalidRequest(
      'Tools that Anthropic runs by itself do not run on Bedrock. Leave their calls and results out of the messages, or send what they say in blocks of type "text".',
      `${place}.type`,
    );
  }
}
