import { invalid } from '../errors.ts';
import { objectOf, stringOf } from '../json.ts';
import { type Block, blocksOf, type Turn } from './converse-request.ts';

/** The first bytes of each image format, at the offset given. */
const IMAGE_MAGIC: Readonly<Record<string, readonly [offset: number, magic: string]>> = {
  png: [0, '\x89PNG'],
  jpeg: [0, '\xff\xd8\xff'],
  gif: [0, 'GIF8'],
  webp: [8, 'WEBP'],
};

const MAX_DOCUMENT_NAME = 200;
const MAX_DOCUMENTS = 5;
const MAX_IMAGES = 20;

/**
 * What Bedrock asks of images and documents: bytes of the format that is claimed, a text beside every document,
 * document names that are legal and unique in the request, and no more of either than a request may have.
 * Sources: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html and
 * …/API_runtime_Message.html (as of 2026-11-22).
 */
export function checkMedia(turns: readonly Turn[]): void {
  const documentNames = new Set<string>();
  let images = 0;
  for (const turn of turns) {
    const hasText = turn.blocks.some(({ kind }) => kind === 'text');
    const inResults = turn.blocks
      .filter(({ kind }) => kind === 'toolResult')
      .flatMap((block) => blocksOf(objectOf(block.value)['content'], `${block.place}.toolResult.content`));
    for (const block of [...turn.blocks, ...inResults]) {
      if (block.kind === 'image') {
        checkImage(block);
        images += 1;
        if (images > MAX_IMAGES) throw invalid(`Too many images: ${images} > ${MAX_IMAGES}.`);
      }
      if (block.kind === 'document') checkDocument(block, documentNames);
    }
    const documents = turn.blocks.filter(({ kind }) => kind === 'document');
    if (documents.length > 0 && !hasText) {
      throw invalid(
        `The content field in the Message object at ${turn.place} has a document but no text. Add a text block to the ` +
          'content field and try again.',
      );
    }
  }
}

function checkImage(block: Block): void {
  const image = objectOf(block.value);
  const base64 = stringOf(objectOf(image['source'])['bytes']);
  if (base64 === undefined) return;
  const [offset, magic] = IMAGE_MAGIC[stringOf(image['format']) ?? ''] ?? [0, ''];
  // Sixteen base64 characters are the twelve bytes that hold every magic.
  const head = Buffer.from(base64.slice(0, 16), 'base64').toString('latin1');
  if (base64 === '' || !head.startsWith(magic, offset)) {
    throw invalid(
      `The model returned the following errors: the image at ${block.place} could not be processed as ` +
        `${stringOf(image['format'])}.`,
    );
  }
}

function checkDocument(block: Block, names: Set<string>): void {
  const name = stringOf(objectOf(block.value)['name']) ?? '';
  if (name === '' || name.length > MAX_DOCUMENT_NAME) {
    throw invalid(`The document name at ${block.place} must have between 1 and ${MAX_DOCUMENT_NAME} characters.`);
  }
  if (!/^[A-Za-z0-9\s()[\]-]+$/.test(name) || /\s{2}/.test(name)) {
    throw invalid(
      `The document name at ${block.place} can only contain alphanumeric characters, whitespace characters, hyphens, ` +
        'parentheses, and square brackets, and no more than one consecutive whitespace character.',
    );
  }
  if (names.has(name))
    throw invalid(`The document name ${name} is used more than once. Give every document its own name.`);
  names.add(name);
  if (names.size > MAX_DOCUMENTS) {
    throw invalid(`The number of documents in the request exceeds the limit of ${MAX_DOCUMENTS}.`);
  }
}
