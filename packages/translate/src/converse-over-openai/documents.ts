import type { ConverseDocumentBlock, LitellmFilePart, LitellmTextPart } from '@genai-gateway/protocol';
import { invalidRequest } from '../json.ts';
import { documentTypes } from '../media/formats.ts';
import { mediaOfBase64 } from '../media/media-of.ts';
import { bytesOf } from './media-parts.ts';

type Format = keyof typeof documentTypes;

/** Formats that every model can read as they are. */
const textFormats: ReadonlySet<string> = new Set<Format>(['csv', 'html', 'md', 'txt']);

/**
 * A Converse document: text as a part of text, which every model reads, anything else as a file. OpenAI and Anthropic take
 * PDF alone as a file, Gemini and Bedrock the others too; what a provider does not take, it says. What the caller tells of
 * the document stands before it.
 * Source: litellm 1.106.2, litellm_core_utils/prompt_templates/factory.py `anthropic_process_openai_file_message`,
 * `_process_file_message`, llms/openai/chat/gpt_transformation.py (read 2026-11-23).
 * Throws `invalid-request` for a document in S3, and for bytes that are none.
 */
export function documentToParts(
  { document }: ConverseDocumentBlock,
  place: string,
): readonly (LitellmTextPart | LitellmFilePart)[] {
  const { name, source, context } = document;
  if ('text' in source) return [textPart(name, context, source.text)];
  if ('content' in source) return [textPart(name, context, source.content.map(({ text }) => text).join('\n\n'))];
  const at = `${place}.document.source`;
  const { format, bytes } = documentOf(bytesOf(source, at, 'documents'), document.format, name, `${at}.bytes`);
  const text = textFormats.has(format) ? utf8Of(bytes) : undefined;
  if (text !== undefined) return [textPart(name, context, text)];
  const file_data = `data:${documentTypes[format]};base64,${bytes}`;
  const file: LitellmFilePart = { type: 'file', file: { filename: fileName(name, format), file_data } };
  return context === undefined ? [file] : [{ type: 'text', text: `${titleOf(name)}\n${context}` }, file];
}

/** How a document is named in a list of files. */
function fileName(name: string, format: string): string {
  return name.toLowerCase().endsWith(`.${format}`) ? name : `${name}.${format}`;
}

function documentOf(
  source: string,
  declared: string | undefined,
  filename: string,
  place: string,
): { readonly format: Format; readonly bytes: string } {
  const known = declared !== undefined && Object.hasOwn(documentTypes, declared) ? (declared as Format) : undefined;
  const mediaType = known === undefined ? undefined : documentTypes[known];
  const media = mediaOfBase64(source, { mediaType, filename });
  if (media === 'no-bytes')
    throw invalidRequest('These are no bytes in base64. Send the bytes of the file in base64.', place);
  // Bytes that say nothing are what they are called.
  if (typeof media === 'object' && media.kind === 'document') return media;
  if (media === 'unknown-format' && known !== undefined) return { format: known, bytes: source };
  throw invalidRequest(
    `The bytes are no document that is known. Send one of ${Object.keys(documentTypes).join(', ')}.`,
    place,
  );
}

/** Undefined: these bytes are no UTF-8. */
function utf8Of(base64: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64, 'base64'));
  } catch {
    return undefined;
  }
}

function textPart(name: string, context: string | undefined, text: string): LitellmTextPart {
  const head = context === undefined ? titleOf(name) : `${titleOf(name)}\n${context}`;
  return { type: 'text', text: `${head}\n\n${text}` };
}

function titleOf(name: string): string {
  return `Document "${name}":`;
}
