import { type JsonObject, type JsonValue, stringOf } from '../../json.ts';
import { tokensOfText } from '../../reply/tokens.ts';
import { type Endpoint, plainRequest } from '../endpoint.ts';
import { badRequest } from '../errors.ts';
import type { Piece, StreamFormat } from '../http/stream-sender.ts';
import { requireField, requireKind, requireOneOf, requireRange } from '../rules.ts';
import { pngOf } from './png.ts';

/** What one image costs, whatever its size. In tokens. */
const IMAGE_TOKENS = 1024;
const MOST_IMAGES = 10;
const MOST_PIXELS = 4096 * 4096;
const DEFAULT_SIZE = '1024x1024';

/** Where an image is fetched from that was asked for as a URL: the path says all that it is made of. */
const IMAGE_PATH = /^\/images\/(\d{1,4}x\d{1,4})\/([A-Za-z0-9_-]{1,64})\.png$/;

/**
 * `POST /v1/images/generations`: PNGs in one colour that depends on the prompt, each in the size that was asked for.
 * The GPT image models answer in base64 and with usage, the others with a URL unless told otherwise.
 * Source: `ImagesResponse` of the npm package openai 7.57.0 (read 2026-11-23).
 */
export const imagesEndpoint: Endpoint = (body, context) => {
  requireKind(requireField(body, 'prompt'), ['string'], 'prompt');
  requireRange(body, 'n', 1, MOST_IMAGES);
  if (body['stream'] === true) throw badRequest('Streamed images are not simulated.', 'stream');
  const isGptImage = (stringOf(body['model']) ?? '').includes('gpt-image');
  const format = isGptImage ? 'b64_json' : (body['response_format'] ?? 'url');
  requireOneOf(format, ['url', 'b64_json'], 'response_format');
  const size = sizeOf(body['size']);
  const plain = plainRequest(
    stringOf(body['prompt']) ?? '',
    tokensOfText(stringOf(body['prompt']) ?? ''),
    context.seed,
  );
  const count = typeof body['n'] === 'number' ? body['n'] : 1;
  return {
    ...plain,
    streamed: false,
    answer: ({ usage }) => {
      const data = Array.from({ length: count }, (_, at): JsonObject => {
        const name = `${context.seed.slice(0, 32)}-${at}`;
        if (format === 'b64_json') return { b64_json: imageBytes(name, size).toString('base64') };
        return { url: `${context.url}/images/${size}/${name}.png`, revised_prompt: plain.directed.text };
      });
      const output = IMAGE_TOKENS * count;
      const figures = {
        background: 'opaque',
        output_format: 'png',
        quality: 'medium',
        size,
        usage: {
          input_tokens: usage.inputTokens,
          input_tokens_details: { image_tokens: 0, text_tokens: usage.inputTokens },
          output_tokens: output,
          total_tokens: usage.inputTokens + output,
        },
      };
      return { kind: 'json', body: { created: context.nowSeconds, data, ...(isGptImage ? figures : {}) } };
    },
  };
};

const png: StreamFormat = { contentType: 'image/png', failure: () => Buffer.alloc(0), damage: (piece) => piece };

/** The image behind a path that an answer named, or undefined for any other path. */
export function imageAt(
  path: string,
): { readonly format: StreamFormat; readonly pieces: readonly Piece[] } | undefined {
  const [, size, name] = IMAGE_PATH.exec(path) ?? [];
  if (size === undefined || name === undefined) return undefined;
  return { format: png, pieces: [{ bytes: imageBytes(name, size) }] };
}

function imageBytes(name: string, size: string): Buffer {
  const [width = 1, height = 1] = size.split('x').map(Number);
  return pngOf(name, width, height);
}

function sizeOf(size: JsonValue | undefined): string {
  if (size === undefined || size === null || size === 'auto') return DEFAULT_SIZE;
  const [width = 0, height = 0] = /^\d{1,4}x\d{1,4}$/.test(String(size)) ? String(size).split('x').map(Number) : [];
  if (width < 1 || height < 1 || width * height > MOST_PIXELS) {
    throw badRequest(`Invalid 'size': ${JSON.stringify(size)}.`, 'size', 'invalid_value');
  }
  return `${width}x${height}`;
}
