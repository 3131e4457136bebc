import { fieldsOf } from './fields-of.ts';

/** How large a request is, as far as its cost depends on it. */
export interface RequestSize {
  /** Everything that the model reads, in bytes of UTF-8. */
  readonly textBytes: number;
  readonly images: number;
  /** Documents, video and sound, in characters of base64. */
  readonly mediaChars: number;
  /** The longest answer that was asked for; undefined: the request does not say. */
  readonly maxOutputTokens: number | undefined;
  /** Pictures that were asked for. */
  readonly outputImages: number;
  /** Parts of the prompt may be written to the cache. */
  readonly writesCache: boolean;
  /** Parts of it for an hour. */
  readonly writesCacheForHour: boolean;
  readonly serviceTier: string | undefined;
}

/** Under these names stand pictures and files, whose base64 is no text. */
const pictures = new Set(['image', 'image_url', 'inputImage', 'images', 'maskImage', 'conditionImage']);
const media = new Set(['document', 'video', 'audio', 'input_audio', 'video_url', 'input_video', 'file', 'mediaSource']);
/** The marks that make a model keep what stands before them. */
const cacheMarks = new Set(['cachePoint', 'cache_control', 'prompt_cache_breakpoint']);

/**
 * Measures a request of any dialect: one pass over its values, no tokenizer. Takes anything; what is no JSON object
 * measures 0.
 */
export function measureRequest(body: unknown): RequestSize {
  const size = { textBytes: 0, images: 0, mediaChars: 0, writesCache: false, writesCacheForHour: false };
  // Not by recursion: a caller decides how deep a request is.
  const pending: unknown[] = [body];
  for (let value = pending.pop(); value !== undefined || pending.length > 0; value = pending.pop()) {
    if (typeof value === 'string') size.textBytes += Buffer.byteLength(value);
    else if (Array.isArray(value)) for (const each of value) pending.push(each);
    else if (typeof value !== 'object' || value === null) size.textBytes += 2;
    else {
      const part = fieldsOf(value);
      for (const name in part) {
        const child = part[name];
        size.textBytes += name.length;
        if (cacheMarks.has(name)) {
          size.writesCache = true;
          if (fieldsOf(child)['ttl'] === '1h') size.writesCacheForHour = true;
        } else if (pictures.has(name) || (name === 'source' && part['type'] === 'image')) {
          size.images += Array.isArray(child) ? child.length : 1;
        } else if (media.has(name) || (name === 'source' && part['type'] === 'document')) {
          size.mediaChars += charsWithin(child);
        } else pending.push(child);
      }
    }
  }
  const request = fieldsOf(body);
  return {
    ...size,
    maxOutputTokens: maxOutputTokens(request),
    outputImages: count(fieldsOf(request['imageGenerationConfig'])['numberOfImages']) ?? 1,
    serviceTier: tierOf(request),
  };
}

/**
 * Where each dialect says how long an answer may be: Converse, OpenAI, Anthropic and Mistral, Llama, AI21, Titan and
 * Nova by InvokeModel. Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html (as of
 * 2026-11-23).
 */
function maxOutputTokens(request: Readonly<Record<string, unknown>>): number | undefined {
  const inference = fieldsOf(request['inferenceConfig']);
  const titan = fieldsOf(request['textGenerationConfig']);
  const each =
    count(inference['maxTokens']) ??
    count(inference['max_new_tokens']) ??
    count(request['max_completion_tokens']) ??
    count(request['max_tokens']) ??
    count(request['max_tokens_to_sample']) ??
    count(request['max_gen_len']) ??
    count(request['maxTokens']) ??
    count(titan['maxTokenCount']);
  if (each === undefined) return undefined;
  const answers = count(request['n']) ?? 1;
  return each * Math.max(answers, 1);
}

function tierOf(request: Readonly<Record<string, unknown>>): string | undefined {
  const tier = fieldsOf(request['serviceTier'])['type'] ?? request['service_tier'];
  return typeof tier === 'string' ? tier : undefined;
}

function charsWithin(value: unknown): number {
  let chars = 0;
  const pending: unknown[] = [value];
  for (let part = pending.pop(); part !== undefined || pending.length > 0; part = pending.pop()) {
    if (typeof part === 'string') chars += part.length;
    else if (typeof part === 'object' && part !== null) for (const each of Object.values(part)) pending.push(each);
  }
  return chars;
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
