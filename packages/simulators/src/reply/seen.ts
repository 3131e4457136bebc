import { type JsonObject, type JsonValue, listOf, objectOf, stringOf } from '../json.ts';

/*
 * What a model sees of the media in a conversation, a line for each, such as `image png 68 bytes`: so that a test can
 * tell that the very bytes have arrived. Each function knows one vendor's blocks, those inside tool results among them.
 */

const NOTHING = 'nothing';

/** Of a Converse body: images, documents, videos and sounds. */
export function seenInConverse(body: JsonObject): string {
  const blocks = listOf(body['messages']).flatMap((message) => listOf(objectOf(message)['content']));
  return lines(
    blocks.map(objectOf).flatMap((block) => {
      const inResult = listOf(objectOf(block['toolResult'])['content']).map(objectOf);
      return [block, ...inResult];
    }),
    (block) => {
      const kind = ['image', 'document', 'video', 'audio'].find((each) => block[each] !== undefined);
      if (kind === undefined) return undefined;
      const { format, name, source } = objectOf(block[kind]);
      const { bytes, text } = objectOf(source);
      return [kind, format, name, sizeOf(stringOf(bytes), stringOf(text))];
    },
  );
}

/** Of a Messages body: images and documents. */
export function seenInMessages(body: JsonObject): string {
  const blocks = listOf(body['messages']).flatMap((message) => listOf(objectOf(message)['content']));
  return lines(
    blocks.map(objectOf).flatMap((block) => [block, ...listOf(block['content']).map(objectOf)]),
    (block) => {
      if (block['type'] !== 'image' && block['type'] !== 'document') return undefined;
      const { media_type: mediaType, type, data } = objectOf(block['source']);
      const text = stringOf(data);
      const size = type === 'base64' ? sizeOf(text, undefined) : sizeOf(undefined, text);
      return [block['type'], formatOf(stringOf(mediaType)), block['title'], size];
    },
  );
}

/** Of a body of OpenAI's chat: images and files, both as data URIs. */
export function seenInChat(body: JsonObject): string {
  const parts = listOf(body['messages']).flatMap((message) => listOf(objectOf(message)['content']));
  return lines(parts.map(objectOf), (part) => {
    if (part['type'] === 'image_url') return ['image', ...ofDataUri(objectOf(part['image_url'])['url'])];
    if (part['type'] === 'file') return ['document', ...ofDataUri(objectOf(part['file'])['file_data'])];
    const { format, data } = objectOf(part['input_audio']);
    return part['type'] === 'input_audio' ? ['audio', format, sizeOf(stringOf(data), undefined)] : undefined;
  });
}

/** Of a body of OpenAI's Responses: images and files, both as data URIs. */
export function seenInResponses(body: JsonObject): string {
  const items = listOf(body['input']).map(objectOf);
  const parts = items.flatMap(({ content, output }) => [...listOf(content), ...listOf(output)]);
  return lines(parts.map(objectOf), ({ type, image_url: image, file_data: file }) => {
    if (type === 'input_image') return ['image', ...ofDataUri(image)];
    return type === 'input_file' ? ['document', ...ofDataUri(file)] : undefined;
  });
}

function ofDataUri(uri: JsonValue | undefined): readonly (string | undefined)[] {
  const [, mediaType, data] = /^data:([^;,]*)[^,]*,(.*)$/s.exec(stringOf(uri) ?? '') ?? [];
  return data === undefined ? ['elsewhere'] : [formatOf(mediaType), sizeOf(data, undefined)];
}

function formatOf(mediaType: string | undefined): string | undefined {
  return mediaType?.split('/').at(-1);
}

function sizeOf(base64: string | undefined, text: string | undefined): string | undefined {
  if (text !== undefined) return `${Buffer.byteLength(text)} bytes`;
  return base64 === undefined ? undefined : `${Buffer.from(base64, 'base64').length} bytes`;
}

function lines(
  blocks: readonly JsonObject[],
  describe: (block: JsonObject) => readonly (JsonValue | undefined)[] | undefined,
): string {
  const seen = blocks.flatMap((block) => {
    const words = describe(block);
    return words === undefined ? [] : [words.filter((word) => word !== undefined).join(' ')];
  });
  return seen.length > 0 ? seen.join('\n') : NOTHING;
}
