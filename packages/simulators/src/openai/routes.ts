import { chatEndpoint } from './chat/chat.ts';
import { completionsEndpoint } from './completions.ts';
import { embeddingsEndpoint } from './embeddings.ts';
import type { Answerable, Context, Endpoint } from './endpoint.ts';
import { OpenaiError } from './errors.ts';
import type { Form } from './media/form.ts';
import { imagesEndpoint } from './media/images.ts';
import { speechEndpoint } from './media/speech.ts';
import { transcriptionEndpoint } from './media/transcriptions.ts';
import { moderationsEndpoint } from './moderations.ts';
import { responsesEndpoint } from './responses/responses.ts';

/** Where the WebSocket of a conversation is opened. */
export const REALTIME_PATH = '/v1/realtime';

/** What a request line asks for. Scripts know conversations from other calls. */
export type Route =
  | { readonly kind: 'json'; readonly endpoint: Endpoint; readonly isConversation: boolean }
  | { readonly kind: 'form'; readonly endpoint: (form: Form, context: Context) => Answerable }
  | { readonly kind: 'models' }
  | { readonly kind: 'model'; readonly id: string };

const conversations: Readonly<Record<string, Endpoint>> = {
  '/v1/chat/completions': chatEndpoint,
  '/v1/completions': completionsEndpoint,
  '/v1/responses': responsesEndpoint,
};

const others: Readonly<Record<string, Endpoint>> = {
  '/v1/embeddings': embeddingsEndpoint,
  '/v1/images/generations': imagesEndpoint,
  '/v1/audio/speech': speechEndpoint,
  '/v1/moderations': moderationsEndpoint,
};

const TRANSCRIPTIONS = '/v1/audio/transcriptions';
const TRANSLATIONS = '/v1/audio/translations';

/** The route of a request line. Throws `OpenaiError` for one that OpenAI, or this simulator, does not have. */
export function routeOf(method: string, path: string): Route {
  const conversation = conversations[path];
  const endpoint = conversation ?? others[path];
  const isForm = path === TRANSCRIPTIONS || path === TRANSLATIONS;
  if (method === 'POST') {
    if (endpoint !== undefined) return { kind: 'json', endpoint, isConversation: conversation !== undefined };
    const task = path === TRANSCRIPTIONS ? 'transcription' : 'translation';
    if (isForm) return { kind: 'form', endpoint: (form, context) => transcriptionEndpoint(form, context, task) };
  } else if (endpoint !== undefined || isForm) {
    const fault = { status: 405, type: 'invalid_request_error', code: 'method_not_supported' };
    throw new OpenaiError(`Not allowed to ${method} on ${path}.`, fault);
  }
  if (method === 'GET' && path === '/v1/models') return { kind: 'models' };
  const model = /^\/v1\/models\/(.+)$/.exec(path)?.[1];
  if (method === 'GET' && model !== undefined) return { kind: 'model', id: decoded(model) };
  const fault = { status: 404, type: 'invalid_request_error', code: 'unknown_url' };
  throw new OpenaiError(`Unknown request URL: ${method} ${path}.`, fault);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
