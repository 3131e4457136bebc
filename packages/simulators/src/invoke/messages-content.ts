import { invalid } from '../errors.ts';
import { type JsonObject, type JsonValue, listOf, objectOf, stringOf } from '../json.ts';

/** The blocks that Bedrock takes in a message. Tools that Anthropic runs itself are not there. */
const TYPES = [
  ...['text', 'image', 'document', 'search_result', 'tool_use', 'tool_result', 'thinking', 'redacted_thinking'],
];
const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];

/** Checks a list of content blocks. `place` is where it stands. Throws ValidationException. */
export function checkContent(content: JsonValue, place: string): void {
  for (const [at, value] of listOf(content).entries()) checkBlock(objectOf(value), `${place}.${at}`);
}

function checkBlock(block: JsonObject, place: string): void {
  const { type, text } = block;
  if (typeof type !== 'string') throw invalid(`${place}.type: Field required`);
  if (!TYPES.includes(type)) {
    throw invalid(
      `${place}: Input tag '${type}' found using 'type' does not match any of the expected tags: ` +
        TYPES.map((each) => `'${each}'`).join(', '),
    );
  }
  checkCacheControl(block, place);
  switch (type) {
    case 'text':
      if (typeof text !== 'string' || text.trim() === '') {
        throw invalid(`${place}: text content blocks must contain non-whitespace text`);
      }
      return;
    case 'image':
      checkImage(objectOf(block['source']), place);
      return;
    case 'document':
      checkDocument(objectOf(block['source']), place);
      return;
    case 'tool_result':
      if (typeof block['content'] !== 'string') checkContent(block['content'] ?? [], `${place}.tool_result.content`);
      return;
    default:
  }
}

function checkCacheControl(block: JsonObject, place: string): void {
  const control = block['cache_control'];
  if (control === undefined || control === null) return;
  const { type, ttl } = objectOf(control);
  if (type !== 'ephemeral') throw invalid(`${place}.cache_control.type: Input should be 'ephemeral'`);
  if (ttl !== undefined && ttl !== '5m' && ttl !== '1h') {
    throw invalid(`${place}.cache_control.ephemeral.ttl: Input should be '5m' or '1h'`);
  }
  if (block['type'] === 'thinking' || block['type'] === 'redacted_thinking') {
    throw invalid(`${place}.${String(block['type'])}.cache_control: Extra inputs are not permitted`);
  }
}

function checkImage(source: JsonObject, place: string): void {
  if (source['type'] !== 'base64') {
    throw invalid(`${place}.image.source: Input tag '${String(source['type'])}' is not supported: use 'base64'`);
  }
  const claimed = stringOf(source['media_type']) ?? '';
  if (!IMAGE_TYPES.includes(claimed)) {
    throw invalid(`${place}.image.source.base64.media_type: Input should be ${IMAGE_TYPES.join(', ')}`);
  }
  const seen = imageTypeOf(stringOf(source['data']) ?? '');
  if (seen === undefined) throw invalid(`${place}.image.source.base64: Could not process image`);
  if (seen !== claimed) {
    throw invalid(
      `${place}.image.source.base64: The image was specified using the ${claimed} media type, but the image appears to ` +
        `be a ${seen} image`,
    );
  }
}

/** What the first bytes of an image say that it is. */
function imageTypeOf(base64: string): string | undefined {
  // Sixteen base64 characters are the twelve bytes that hold every magic.
  const head = Buffer.from(base64.slice(0, 16), 'base64').toString('latin1');
  if (head.startsWith('\x89PNG')) return 'image/png';
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (head.startsWith('GIF8')) return 'image/gif';
  return head.startsWith('WEBP', 8) ? 'image/webp' : undefined;
}

function checkDocument(source: JsonObject, place: string): void {
  const type = stringOf(source['type']) ?? '';
  const mediaType = { base64: 'application/pdf', text: 'text/plain', content: undefined }[type];
  if (!['base64', 'text', 'content'].includes(type)) {
    throw invalid(`${place}.document.source: Input tag '${type}' is not supported: use 'base64', 'text' or 'content'`);
  }
  if (mediaType !== undefined && source['media_type'] !== mediaType) {
    throw invalid(`${place}.document.source.${type}.media_type: Input should be '${mediaType}'`);
  }
}
