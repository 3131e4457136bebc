import type { EmbeddingPurpose } from '@genai-gateway/protocol';
import { DroppedParams } from '../dropped-params.ts';
import { invalidRequest, isRecord, type JsonRecord, withoutUndefined } from '../json.ts';
import { mediaOfUri } from '../media/media-of.ts';

/** One thing to make a vector of. */
export type EmbeddingInput =
  | { readonly kind: 'text'; readonly text: string }
  /** `bytes` is base64; `format` such as `png`. */
  | { readonly kind: 'image'; readonly format: string; readonly bytes: string };

/** A checked request for embeddings. */
export interface EmbeddingRequest {
  readonly model: string;
  readonly inputs: readonly EmbeddingInput[];
  readonly encodingFormat: 'float' | 'base64';
  readonly dimensions?: number;
  readonly purpose?: EmbeddingPurpose;
  readonly truncate?: 'NONE' | 'START' | 'END';
  readonly normalize?: boolean;
  /** Fields that mean nothing here. */
  readonly unknown: readonly string[];
}

/** As many as OpenAI takes. */
const MAX_INPUTS = 2048;

const purposes = ['search_document', 'search_query', 'classification', 'clustering'] as const;
const ends = ['NONE', 'START', 'END'] as const;
const formats = ['float', 'base64'] as const;

/** What is read here, and what the gateway itself reads of a request. */
const known: ReadonlySet<string> = new Set([
  ...['model', 'input', 'dimensions', 'encoding_format', 'input_type', 'truncate', 'normalize'],
  ...['user', 'metadata', 'litellm_metadata', 'tags', 'safety_identifier'],
]);

/** Checks a parsed body of `POST /v1/embeddings`. Throws `invalid-request` with the field's path as `param`. */
export function parseEmbeddingRequest(value: unknown): EmbeddingRequest {
  if (!isRecord(value)) throw invalidRequest('The body must be a JSON object with `model` and `input`.', 'body');
  const { model, dimensions, normalize } = value;
  if (typeof model !== 'string' || model === '') throw invalidRequest('`model` must be the name of a model.', 'model');
  if (!isAbsent(dimensions) && !(Number.isInteger(dimensions) && Number(dimensions) > 0)) {
    throw invalidRequest('`dimensions` must be a whole number above 0.', 'dimensions');
  }
  if (!isAbsent(normalize) && typeof normalize !== 'boolean') {
    throw invalidRequest('`normalize` must be true or false.', 'normalize');
  }
  const strange = new DroppedParams();
  for (const name of Object.keys(value)) if (!known.has(name) && !isAbsent(value[name])) strange.add(name);
  return {
    model,
    inputs: inputsIn(value['input']),
    encodingFormat: choice(value, 'encoding_format', formats) ?? 'float',
    ...withoutUndefined({
      dimensions: isAbsent(dimensions) ? undefined : Number(dimensions),
      purpose: choice(value, 'input_type', purposes),
      truncate: choice(value, 'truncate', ends),
      normalize: typeof normalize === 'boolean' ? normalize : undefined,
    }),
    unknown: strange.list(),
  };
}

function choice<const T extends string>(body: JsonRecord, name: string, choices: readonly T[]): T | undefined {
  const value = body[name];
  if (isAbsent(value)) return undefined;
  const found = choices.find((each) => each === value);
  if (found !== undefined) return found;
  throw invalidRequest(`\`${name}\` must be one of ${choices.join(', ')}.`, name);
}

function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

function inputsIn(input: unknown): readonly EmbeddingInput[] {
  if (typeof input === 'string') return [inputOf(input, 'input')];
  if (!Array.isArray(input) || input.length === 0) {
    throw invalidRequest('`input` must be a text, or a list of texts with at least one.', 'input');
  }
  if (input.length > MAX_INPUTS && typeof input[0] === 'string') {
    throw invalidRequest(
      `\`input\` may hold at most ${MAX_INPUTS} texts; send the others in further requests.`,
      'input',
    );
  }
  return input.map((each, index) => inputOf(each, `input.${index}`));
}

function inputOf(value: unknown, param: string): EmbeddingInput {
  if (typeof value === 'number' || Array.isArray(value)) {
    throw invalidRequest(
      'Numbers of tokens are those of an OpenAI model and mean nothing to this one. Send the text itself (in LangChain: check_embedding_ctx_length=False).',
      param,
    );
  }
  if (typeof value !== 'string') throw invalidRequest('Each of `input` must be a text.', param);
  if (value === '') throw invalidRequest('There is nothing to embed in an empty text. Leave it out.', param);
  if (!/^data:image\//i.test(value)) return { kind: 'text', text: value };
  const media = mediaOfUri(value);
  if (typeof media !== 'string' && media.kind === 'image') {
    return { kind: 'image', format: media.format, bytes: media.bytes };
  }
  throw invalidRequest('This is no image that can be embedded. Send PNG, JPEG, GIF or WebP in base64.', param);
}
