import type {
  ConverseAudioFormat,
  ConverseDocumentFormat,
  ConverseImageFormat,
  ConverseVideoFormat,
} from '@genai-gateway/protocol';

/** A kind of media and its format, as Converse names both. */
export type MediaFormat =
  | { readonly kind: 'image'; readonly format: ConverseImageFormat }
  | { readonly kind: 'document'; readonly format: ConverseDocumentFormat }
  | { readonly kind: 'video'; readonly format: ConverseVideoFormat }
  | { readonly kind: 'audio'; readonly format: ConverseAudioFormat };

/** The media type that we write for a document. */
export const documentTypes = {
  pdf: 'application/pdf',
  csv: 'text/csv',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  html: 'text/html',
  txt: 'text/plain',
  md: 'text/markdown',
} as const satisfies Readonly<Record<ConverseDocumentFormat, string>>;

/** The media type that we write for a video. */
export const videoTypes = {
  flv: 'video/x-flv',
  mkv: 'video/x-matroska',
  mov: 'video/quicktime',
  mp4: 'video/mp4',
  mpeg: 'video/mpeg',
  mpg: 'video/mpg',
  three_gp: 'video/3gpp',
  webm: 'video/webm',
  wmv: 'video/x-ms-wmv',
} as const satisfies Readonly<Record<ConverseVideoFormat, string>>;

const image = (format: ConverseImageFormat): MediaFormat => ({ kind: 'image', format });
const document = (format: ConverseDocumentFormat): MediaFormat => ({ kind: 'document', format });
const video = (format: ConverseVideoFormat): MediaFormat => ({ kind: 'video', format });
const audio = (format: ConverseAudioFormat): MediaFormat => ({ kind: 'audio', format });

/**
 * Media types as callers write them.
 * Source: https://www.iana.org/assignments/media-types (as of 2026-11-23), and the older names of browsers and mail programs.
 */
const byType: Readonly<Record<string, MediaFormat>> = {
  'image/png': image('png'),
  'image/x-png': image('png'),
  'image/jpeg': image('jpeg'),
  'image/jpg': image('jpeg'),
  'image/pjpeg': image('jpeg'),
  'image/gif': image('gif'),
  'image/webp': image('webp'),

  ...Object.fromEntries(
    Object.entries(documentTypes).map(([format, type]) => [type, document(format as ConverseDocumentFormat)]),
  ),
  'application/x-pdf': document('pdf'),
  'application/csv': document('csv'),
  'text/comma-separated-values': document('csv'),
  'text/x-csv': document('csv'),
  'text/x-markdown': document('md'),
  'application/xhtml+xml': document('html'),
  // Texts that Converse has no format for, and reads as what they are.
  'application/json': document('txt'),
  'application/x-ndjson': document('txt'),
  'application/xml': document('txt'),
  'application/yaml': document('txt'),
  'application/x-yaml': document('txt'),
  'application/javascript': document('txt'),
  'application/typescript': document('txt'),
  'application/sql': document('txt'),
  'application/x-sh': document('txt'),

  ...Object.fromEntries(
    Object.entries(videoTypes).map(([format, type]) => [type, video(format as ConverseVideoFormat)]),
  ),
  'video/matroska': video('mkv'),
  'video/mov': video('mov'),
  'video/mkv': video('mkv'),
  'video/flv': video('flv'),
  'video/wmv': video('wmv'),
  'video/3gp': video('three_gp'),
  'video/m4v': video('mp4'),
  'video/x-m4v': video('mp4'),

  'audio/wav': audio('wav'),
  'audio/wave': audio('wav'),
  'audio/x-wav': audio('wav'),
  'audio/vnd.wave': audio('wav'),
  'audio/mp3': audio('mp3'),
  'audio/mpeg': audio('mp3'),
  'audio/mpga': audio('mpga'),
  'audio/mp4': audio('m4a'),
  'audio/m4a': audio('m4a'),
  'audio/x-m4a': audio('m4a'),
  'audio/aac': audio('aac'),
  'audio/x-aac': audio('x-aac'),
  'audio/flac': audio('flac'),
  'audio/x-flac': audio('flac'),
  'audio/ogg': audio('ogg'),
  'audio/opus': audio('opus'),
  'audio/webm': audio('webm'),
  'audio/x-matroska': audio('mka'),
  'audio/pcm': audio('pcm'),
  'audio/l16': audio('pcm'),
};

/** Endings of file names that are not the format's own name. */
const byEnding: Readonly<Record<string, MediaFormat>> = {
  jpg: image('jpeg'),
  htm: document('html'),
  xhtml: document('html'),
  markdown: document('md'),
  text: document('txt'),
  ...Object.fromEntries(
    ['log', 'json', 'jsonl', 'xml', 'yaml', 'yml', 'toml', 'ini', 'sql', 'sh', 'py', 'js', 'ts', 'tsx', 'java', 'go']
      .concat(['c', 'h', 'cpp', 'cs', 'rb', 'rs', 'php', 'css', 'tsv', 'tex', 'rst'])
      .map((ending) => [ending, document('txt')]),
  ),
  '3gp': video('three_gp'),
  m4v: video('mp4'),
};

/** The formats of video that Converse takes. */
export const videoFormats = Object.keys(videoTypes) as readonly ConverseVideoFormat[];

/** The formats of audio that Converse takes. */
export const audioFormats: readonly ConverseAudioFormat[] = [
  'aac',
  'flac',
  'm4a',
  'mka',
  'mkv',
  'mp3',
  'mp4',
  'mpeg',
  'mpga',
  'ogg',
  'opus',
  'pcm',
  'wav',
  'webm',
  'x-aac',
];

/** Where a format of video and one of audio have one name, files that end in it hold video. */
const byFormatName: ReadonlyMap<string, MediaFormat> = new Map<string, MediaFormat>([
  ...audioFormats.map((it) => [it, audio(it)] as const),
  ...(['png', 'jpeg', 'gif', 'webp'] as const).map((it) => [it, image(it)] as const),
  ...Object.keys(documentTypes).map((it) => [it, document(it as ConverseDocumentFormat)] as const),
  ...Object.keys(videoTypes).map((it) => [it, video(it as ConverseVideoFormat)] as const),
]);

/** The format of audio with this name, as OpenAI and Converse have them; undefined: there is none. */
export function audioFormat(name: string): ConverseAudioFormat | undefined {
  const known = formatOfType(`audio/${name}`);
  return audioFormats.find((it) => it === name) ?? (known?.kind === 'audio' ? known.format : undefined);
}

/** The format of a media type, in any letters and with any parameters; every kind of text that has none of its own is a plain one. */
export function formatOfType(mediaType: string): MediaFormat | undefined {
  const type = mediaType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (Object.hasOwn(byType, type)) return byType[type];
  return type.startsWith('text/') ? document('txt') : undefined;
}

/** The format that a file's name ends in. */
export function formatOfName(filename: string): MediaFormat | undefined {
  const ending = /\.([A-Za-z0-9]{1,8})\s*$/.exec(filename.slice(-16))?.[1]?.toLowerCase();
  if (ending === undefined) return undefined;
  return Object.hasOwn(byEnding, ending) ? byEnding[ending] : byFormatName.get(ending);
}
