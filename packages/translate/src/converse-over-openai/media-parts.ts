import type {
  ConverseAudioBlock,
  ConverseAudioFormat,
  ConverseBytesOrS3,
  ConverseImageBlock,
  ConverseVideoBlock,
  LitellmAudioPart,
  LitellmFilePart,
  LitellmImagePart,
} from '@genai-gateway/protocol';
import { imageOfBase64 } from '../image-bytes.ts';
import { invalidRequest } from '../json.ts';
import { cleanBase64 } from '../media/base64.ts';
import { videoTypes } from '../media/formats.ts';

/**
 * A Converse image as a `data:` URI. The bytes say what type it is: Converse's `format` is often wrong.
 * Throws `invalid-request` for an image in S3, which the gateway does not fetch, and for what is no image.
 */
export function imageToPart({ image }: ConverseImageBlock, place: string): LitellmImagePart {
  const bytes = bytesOf(image.source, `${place}.image.source`, 'images');
  const found = imageOfBase64(bytes);
  if (typeof found === 'object') {
    return { type: 'image_url', image_url: { url: `data:image/${found.format};base64,${found.bytes}` } };
  }
  const what = found === undefined ? 'These are no bytes in base64' : 'The bytes are no image that is known';
  throw invalidRequest(`${what}. Send PNG, JPEG, GIF or WebP.`, `${place}.image.source.bytes`);
}

/**
 * A Converse video as a file: what LiteLLM makes a video of for Gemini, Bedrock and vLLM.
 * Source: litellm 1.106.2, llms/hosted_vllm/chat/transformation.py `_is_video_file`, llms/vertex_ai/gemini/transformation.py
 * `_process_gemini_media` (read 2026-11-23).
 */
export function videoToPart({ video }: ConverseVideoBlock, place: string): LitellmFilePart {
  const bytes = base64Of(bytesOf(video.source, `${place}.video.source`, 'videos'), `${place}.video.source.bytes`);
  const type = Object.hasOwn(videoTypes, video.format)
    ? videoTypes[video.format as keyof typeof videoTypes]
    : 'video/mp4';
  return { type: 'file', file: { filename: `video.${video.format}`, file_data: `data:${type};base64,${bytes}` } };
}

/** OpenAI's name of a format that Converse names otherwise. OpenAI's own models take wav and mp3, others more. */
const audioNames: Partial<Readonly<Record<string, ConverseAudioFormat>>> = { mpeg: 'mp3', mpga: 'mp3', 'x-aac': 'aac' };

/**
 * A Converse sound as OpenAI's.
 * Source: litellm 1.106.2, types/llms/openai.py `ChatCompletionAudioObject` (read 2026-11-23).
 */
export function audioToPart({ audio }: ConverseAudioBlock, place: string): LitellmAudioPart {
  const data = base64Of(bytesOf(audio.source, `${place}.audio.source`, 'audio'), `${place}.audio.source.bytes`);
  return { type: 'input_audio', input_audio: { data, format: audioNames[audio.format] ?? audio.format } };
}

/** The bytes of a source; throws `invalid-request` where they lie in S3. */
export function bytesOf(source: ConverseBytesOrS3, place: string, what: string): string {
  if ('bytes' in source) return source.bytes;
  throw invalidRequest(
    `The gateway does not fetch ${what} from S3 for this model. Send the bytes themselves in \`source.bytes\`.`,
    `${place}.s3Location`,
  );
}

/** Clean base64; throws `invalid-request` for what is none. */
function base64Of(text: string, place: string): string {
  const bytes = cleanBase64(text);
  if (bytes === undefined)
    throw invalidRequest('These are no bytes in base64. Send the bytes of the file in base64.', place);
  return bytes;
}
