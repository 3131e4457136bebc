import type { JsonObject } from '../json.ts';
import { OpenaiError } from './errors.ts';

/**
 * What `GET /v1/models` lists. Requests may name any model at all, so that a deployment can be called as one likes.
 * Source: https://platform.openai.com/docs/models (as of 2026-11-23).
 */
const listedModels: readonly string[] = [
  'gpt-5',
  'gpt-5-mini',
  'gpt-4.1',
  'gpt-4.1-mini',
  'gpt-4o',
  'gpt-4o-mini',
  'o4-mini',
  'gpt-3.5-turbo-instruct',
  'gpt-realtime',
  'text-embedding-3-small',
  'text-embedding-3-large',
  'text-embedding-ada-002',
  'gpt-image-1',
  'dall-e-3',
  'gpt-4o-mini-tts',
  'tts-1',
  'gpt-4o-transcribe',
  'whisper-1',
  'omni-moderation-latest',
];

/** In seconds since the epoch: one date for all of them. */
const CREATED = 1_735_689_600;

/** The body of `GET /v1/models`. */
export function modelList(): JsonObject {
  return { object: 'list', data: listedModels.map(describe) };
}

/** The body of `GET /v1/models/{id}`. Throws `OpenaiError` for one that is not listed. */
export function modelById(id: string): JsonObject {
  if (listedModels.includes(id)) return describe(id);
  const fault = { status: 404, type: 'invalid_request_error', param: 'model', code: 'model_not_found' };
  throw new OpenaiError(`The model '${id}' does not exist.`, fault);
}

function describe(id: string): JsonObject {
  return { id, object: 'model', created: CREATED, owned_by: 'simulator' };
}
