import type {
  ConverseContentBlock,
  ConverseDocument,
  ConverseMessage,
  ConverseSearchResultBlock,
  ConverseToolResultContent,
} from '@genai-gateway/protocol';
import { unshown } from '../conversation/pieces.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';
import { MAX_DOCUMENTS } from './content.ts';

type Kind = 'image' | 'document' | 'video' | 'audio';

const kinds: readonly Kind[] = ['image', 'document', 'video', 'audio'];
const names = { image: 'An image', document: 'A document', video: 'A video', audio: 'A recording' } as const;

/**
 * Makes the files, guarded texts and search results of stored messages fit for a model, each block by itself and in order.
 * A file that the model does not take, or that it does not take there, becomes a short text that says so.
 */
export class StoredFiles {
  readonly #facts: ModelFacts;
  /** So many of the next documents are too many: the newest are kept. */
  #tooMany: number;

  constructor(
    stored: readonly ConverseMessage[],
    { traits, documents = 0 }: { readonly traits: ModelFacts; readonly documents?: number },
  ) {
    this.#facts = traits;
    const room = Math.max(0, MAX_DOCUMENTS - documents);
    this.#tooMany = countDocuments(stored) - room;
  }

  /** Only users may send files. */
  fit(block: ConverseContentBlock, role: ConverseMessage['role']): ConverseContentBlock {
    if ('guardContent' in block) return plainContent(block);
    if ('searchResult' in block) return this.#searchResult(block);
    const kind = kinds.find((it) => it in block);
    if (kind === undefined) return block;
    return this.#file(block, kind, role === 'user' && this.#facts.media[kind]);
  }

  fitInResult(part: ConverseToolResultContent): ConverseToolResultContent {
    if ('searchResult' in part) return this.#searchResult(part);
    const kind = kinds.find((it) => it in part);
    if (kind === undefined) return part;
    return this.#file(part, kind, kind !== 'audio' && this.#facts.media.inToolResult[kind]);
  }

  #file<Block extends ConverseContentBlock | ConverseToolResultContent>(
    block: Block,
    kind: Kind,
    isTaken: boolean,
  ): Block | { readonly text: string } {
    const isTooMany = kind === 'document' && this.#tooMany-- > 0;
    if (isTaken && !isTooMany) return this.#facts.citations ? block : withoutCitations(block);
    return { text: unshown(names[kind], 'document' in block ? block.document.name : undefined).text };
  }

  #searchResult(block: ConverseSearchResultBlock): ConverseSearchResultBlock | { readonly text: string } {
    if (this.#facts.citations) return block;
    const { title, source, content } = block.searchResult;
    return { text: [title, source, ...content.map(({ text }) => text)].join('\n') };
  }
}

/** A family that cites nothing refuses to be told that it should. */
function withoutCitations<Block extends object>(block: Block): Block {
  const { document } = block as { readonly document?: ConverseDocument };
  if (document?.citations === undefined) return block;
  const { citations: _citations, ...plain } = document;
  return { ...block, document: plain };
}

function plainContent(block: Extract<ConverseContentBlock, { guardContent: unknown }>): ConverseContentBlock {
  const { guardContent } = block;
  return 'text' in guardContent ? { text: guardContent.text.text } : { image: guardContent.image };
}

function countDocuments(messages: readonly ConverseMessage[]): number {
  let count = 0;
  for (const { content } of messages) {
    for (const block of content) {
      if ('document' in block) count += 1;
      else if ('toolResult' in block) count += block.toolResult.content.filter((part) => 'document' in part).length;
    }
  }
  return count;
}
