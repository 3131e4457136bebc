import type {
  ConverseAudioBlock,
  ConverseDocumentBlock,
  ConverseDocumentFormat,
  ConverseImageBlock,
  ConverseVideoBlock,
  OpenaiAudioPart,
  OpenaiDocumentPart,
  OpenaiFilePart,
  OpenaiVideoPart,
} from '@genai-gateway/protocol';
import { invalidRequest, isRecord, recordsOf, textOf } from '../json.ts';
import { documentName } from '../media/document-name.ts';
import { audioFormat, formatOfName } from '../media/formats.ts';
import { type Media, mediaOfBase64, mediaOfUri, type NoMedia } from '../media/media-of.ts';

export type MediaBlock = ConverseImageBlock | ConverseDocumentBlock | ConverseVideoBlock | ConverseAudioBlock;

/**
 * What stands in `image_url`: nearly always an image, and with some clients a document or a video too. The bytes say what it
 * is, because what callers declare is often wrong. Parameters between type and data are allowed
 * (`data:image/png;name=a.png;base64,…`), and so is base64 alone.
 * This and the others throw `invalid-request` at `param` for addresses, which the gateway does not fetch, and for bytes that
 * no model takes.
 */
export function imageBlock(url: string, param: string): MediaBlock {
  const media = mediaOfUri(url);
  if (typeof media === 'string') throw refusal(media, IMAGE, url, param);
  if (media.kind === 'audio') throw refusal('unknown-format', IMAGE, url, param);
  return blockOf(media, undefined);
}

/** A file; what is an image by its bytes becomes one. */
export function fileBlock({ file }: OpenaiFilePart, param: string): MediaBlock {
  const { file_data: data, file_id: id, filename, format } = file;
  // LiteLLM's clients put the data: URI there.
  const uri = data ?? (id !== undefined && /^\s*data:/i.test(id) ? id : undefined);
  if (uri === undefined) {
    throw invalidRequest(
      'The gateway keeps no uploaded files. Send the file itself: { "file_data": "data:application/pdf;base64,…", "filename": "a.pdf" }.',
      `${param}.file.${id === undefined ? 'file_data' : 'file_id'}`,
    );
  }
  const media = mediaOfUri(uri, { filename, mediaType: format });
  if (typeof media !== 'string') return blockOf(media, filename);
  throw refusal(media, FILE, uri, `${param}.file.file_data`);
}

/** A video by `video_url` or `input_video`. */
export function videoBlock(part: OpenaiVideoPart, param: string): MediaBlock {
  const { type } = part;
  const { url, data, format } = { ...part.input_video, ...part.video_url } as Readonly<
    Record<'url' | 'data' | 'format', string | undefined>
  >;
  const uri = data ?? url ?? '';
  const media = mediaOfUri(uri, { filename: format === undefined ? undefined : `video.${format}` });
  if (typeof media === 'object' && media.kind === 'video') return blockOf(media, undefined);
  const why = typeof media === 'string' ? media : 'unknown-format';
  throw refusal(why, VIDEO, uri, `${param}.${type}`);
}

/** A recording. Its format is what the caller says, since raw sound has no mark; and a `data:` URI is taken too. */
export function audioBlock({ input_audio: audio }: OpenaiAudioPart, param: string): ConverseAudioBlock {
  const at = `${param}.input_audio`;
  const said = typeof audio.format !== 'string' ? undefined : audioFormat(audio.format.trim().toLowerCase());
  const media = /^\s*data:/i.test(audio.data)
    ? mediaOfUri(audio.data)
    : mediaOfBase64(audio.data, { mediaType: `audio/${said ?? ''}` });
  if (media === 'no-bytes') throw invalidRequest('`data` must be the recording in base64.', `${at}.data`);
  const found = typeof media === 'object' && media.kind === 'audio' ? media : undefined;
  const format = said ?? found?.format;
  if (format === undefined || typeof media === 'string') {
    throw invalidRequest('Send the format of the recording, such as "wav" or "mp3".', `${at}.format`);
  }
  return { audio: { format, source: { bytes: media.bytes } } };
}

/** Anthropic's document: a file in base64, a text, or a list of texts to quote from. */
export function documentBlock(part: OpenaiDocumentPart, param: string): MediaBlock {
  const { source, title, context, citations } = part;
  const more = {
    ...(context ? { context } : {}),
    ...(citations?.enabled === undefined ? {} : { citations: { enabled: citations.enabled } }),
  };
  const named = (block: MediaBlock): MediaBlock =>
    'document' in block ? { document: { ...block.document, ...more } } : block;
  const { type, data, media_type: mediaType, content } = source;
  if (type === 'base64') {
    const media = mediaOfBase64(textOf(data), { mediaType: textOf(mediaType), filename: title ?? undefined });
    if (typeof media === 'object') return named(blockOf(media, title ?? undefined));
    throw refusal(media, FILE, '', `${param}.source.data`);
  }
  const name = documentName(title ?? undefined);
  if (type === 'text' && typeof data === 'string' && data.trim() !== '') {
    const format = textFormat(title ?? '');
    return named({ document: { format, name, source: { bytes: Buffer.from(data).toString('base64') } } });
  }
  const pieces = typeof content === 'string' ? [content] : recordsOf(content).map(({ text }) => textOf(text));
  const texts = pieces.filter((text) => text.trim() !== '').map((text) => ({ text }));
  if (type === 'content' && texts.length > 0) return named({ document: { name, source: { content: texts } } });
  throw invalidRequest(
    'Send the document itself: "source": { "type": "base64", "media_type": "application/pdf", "data": "…" }, or a text.',
    `${param}.source`,
  );
}

/** Anthropic's image, `{ type: "base64", media_type, data }`. */
export function sourceImageBlock(source: unknown, param: string): MediaBlock {
  const { type, data, media_type: mediaType, url } = isRecord(source) ? source : {};
  if (type === 'base64') {
    const media = mediaOfBase64(textOf(data), { mediaType: textOf(mediaType) });
    if (typeof media === 'object' && media.kind === 'image') return blockOf(media, undefined);
    throw refusal(media === 'no-bytes' ? media : 'unknown-format', IMAGE, '', `${param}.source.data`);
  }
  return imageBlock(textOf(url), `${param}.source.url`);
}

function blockOf(media: Media, filename: string | undefined): MediaBlock {
  const source = { bytes: media.bytes };
  switch (media.kind) {
    case 'image':
      return { image: { format: media.format, source } };
    case 'document':
      return { document: { format: media.format, name: documentName(filename), source } };
    case 'video':
      return { video: { format: media.format, source } };
    case 'audio':
      return { audio: { format: media.format, source } };
  }
}

function textFormat(title: string): ConverseDocumentFormat {
  const found = formatOfName(title);
  return found?.kind === 'document' && ['csv', 'html', 'md'].includes(found.format) ? found.format : 'txt';
}

/** What a caller should send: an example of its `data:` URI, and the formats that are taken. */
interface Wanted {
  readonly what: string;
  readonly uri: string;
  readonly formats: string;
}

const IMAGE: Wanted = { what: 'image', uri: 'data:image/png;base64', formats: 'PNG, JPEG, GIF or WebP' };
const FILE: Wanted = {
  what: 'file',
  uri: 'data:application/pdf;base64',
  formats: 'PDF, CSV, DOC, DOCX, XLS, XLSX, HTML, TXT or Markdown, or an image',
};
const VIDEO: Wanted = {
  what: 'video',
  uri: 'data:video/mp4;base64',
  formats: 'MP4, MOV, MKV, WebM, FLV, MPEG, WMV or 3GP',
};

function refusal(why: NoMedia, { what, uri, formats }: Wanted, given: string, param: string): Error {
  if (why === 'unknown-format') {
    return invalidRequest(`The bytes are no ${what} that Bedrock takes. Send ${formats}.`, param);
  }
  if (why === 'no-bytes') return invalidRequest('The data: URI holds no valid base64.', param);
  const not = /^\s*s3:/i.test(given) ? 'has no bucket to read from' : `does not fetch ${what}s`;
  return invalidRequest(`The gateway ${not}. Send the ${what} itself: "${uri},<the bytes in base64>".`, param);
}
