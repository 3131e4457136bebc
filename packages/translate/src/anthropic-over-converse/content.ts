import type {
  AnthropicContentBlock,
  AnthropicSearchResultBlock,
  AnthropicTextBlock,
  AnthropicToolResultBlock,
  ConverseCachePointBlock,
  ConverseContentBlock,
  ConverseSearchResultBlock,
  ConverseToolResultContent,
} from '@genai-gateway/protocol';
import { redactedToBytes } from '../converse-over-openai/reasoning.ts';
import { invalidRequest, isRecord } from '../json.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';
import { isBlank, PLACEHOLDER_TEXT } from '../openai-over-converse/content.ts';
import type { ToolNameMap } from '../openai-over-converse/tool-names.ts';
import { cachePointOf } from './cache-points.ts';
import { citationToConverse } from './citations.ts';
import { documentToConverse, imageToConverse } from './media.ts';
import { blockRefusal } from './unsupported.ts';

/** What the translation of blocks needs to know. */
export interface BlockContext {
  readonly facts: ModelFacts;
  readonly names: ToolNameMap;
}

/** Said before what a failed tool gave, where the model has no field that says so. */
export const FAILED_TOOL_TEXT = 'The call of the tool failed:';

type Content = string | readonly AnthropicContentBlock[];

/**
 * The blocks of a message, each followed by the cache point that it asks for. Blank texts are left out, and so is thinking that
 * the model would not take back. Throws `invalid-request` for kinds of blocks that have no translation.
 */
export function contentToConverse(
  content: Content,
  context: BlockContext,
  place: string,
): readonly ConverseContentBlock[] {
  if (typeof content === 'string') return isBlank(content) ? [] : [{ text: content }];
  return content.flatMap((block, index) => [...blockToConverse(block, context, `${place}.${index}`), ...markOf(block)]);
}

/** The mark of a block, if it has one. Converse has no place for one within a result, so there it comes behind the result. */
function markOf(block: AnthropicContentBlock): readonly ConverseCachePointBlock[] {
  const own = cachePointOf('cache_control' in block ? block.cache_control : undefined);
  if (own.length > 0 || block.type !== 'tool_result' || !Array.isArray(block.content)) return own;
  return block.content.flatMap(markOf).slice(-1);
}

function blockToConverse(
  block: AnthropicContentBlock,
  context: BlockContext,
  place: string,
): readonly ConverseContentBlock[] {
  const { facts, names } = context;
  switch (block.type) {
    case 'tool_use': {
      const { id, name, input } = block;
      return [{ toolUse: { toolUseId: id, name: names.upstream(name), input: isRecord(input) ? input : {} } }];
    }
    case 'tool_result':
      return [toolResult(block, context, place)];
    case 'thinking': {
      const { thinking: text, signature } = block;
      if (!facts.signedReasoning || !signature) return [];
      return [{ reasoningContent: { reasoningText: { text, signature } } }];
    }
    case 'redacted_thinking':
      return facts.signedReasoning ? [{ reasoningContent: { redactedContent: redactedToBytes(block.data) } }] : [];
    case 'text':
      return textToConverse(block, facts);
    default:
      return mediaToConverse(block, context, place);
  }
}

/** What may stand in messages and in results. */
function mediaToConverse(
  block: AnthropicContentBlock,
  { facts }: BlockContext,
  place: string,
): readonly (ConverseContentBlock & ConverseToolResultContent)[] {
  switch (block.type) {
    case 'image':
      return [imageToConverse(block, place)];
    case 'document':
      return [documentToConverse(block, facts.citations, place)];
    case 'search_result':
      return searchResult(block, facts);
    default:
      throw invalidRequest(blockRefusal(block.type), `${place}.type`);
  }
}

function textToConverse({ text, citations }: AnthropicTextBlock, facts: ModelFacts): readonly ConverseContentBlock[] {
  if (isBlank(text)) return [];
  if (!facts.citations || !citations || citations.length === 0) return [{ text }];
  return [{ citationsContent: { content: [{ text }], citations: citations.map(citationToConverse) } }];
}

/** Models without citations read it as a text, its title and source in the first lines. */
function searchResult(
  { source, title, content, citations }: AnthropicSearchResultBlock,
  facts: ModelFacts,
): readonly (ConverseSearchResultBlock | { readonly text: string })[] {
  const texts = content.flatMap(({ text }) => (isBlank(text) ? [] : [{ text }]));
  if (!facts.citations) return [{ text: [title, source, ...texts.map(({ text }) => text)].join('\n') }];
  const filled = texts.length > 0 ? texts : [{ text: PLACEHOLDER_TEXT }];
  const cited = citations?.enabled === undefined ? {} : { citations: { enabled: citations.enabled } };
  return [{ searchResult: { source, title, content: filled, ...cited } }];
}

function toolResult(block: AnthropicToolResultBlock, context: BlockContext, place: string): ConverseContentBlock {
  const { tool_use_id: toolUseId, is_error: hasFailed = false } = block;
  const content = resultContent(block.content ?? '', context, `${place}.content`);
  if (context.facts.toolResultStatus) {
    const filled = content.length > 0 ? content : [{ text: PLACEHOLDER_TEXT }];
    return { toolResult: { toolUseId, content: filled, status: hasFailed ? 'error' : 'success' } };
  }
  const said = hasFailed ? [{ text: FAILED_TOOL_TEXT }, ...content] : content;
  return { toolResult: { toolUseId, content: said.length > 0 ? said : [{ text: PLACEHOLDER_TEXT }] } };
}

function resultContent(content: Content, context: BlockContext, place: string): readonly ConverseToolResultContent[] {
  if (typeof content === 'string') return isBlank(content) ? [] : [{ text: content }];
  return content.flatMap((block, index): readonly ConverseToolResultContent[] => {
    if (block.type !== 'text') return mediaToConverse(block, context, `${place}.${index}`);
    return isBlank(block.text) ? [] : [{ text: block.text }];
  });
}
