import { vi } from 'vitest';
import { at } from './reply.ts';
import { uniqueWord } from './simulator.ts';
import { world } from './world.ts';

/** An answer, read whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The text as JSON; undefined where it is none. */
  readonly json: unknown;
}

export interface Asking {
  /** Default: the good key. `null` sends none. */
  readonly key?: string | null;
  /** Default: POST with a body, GET without. */
  readonly method?: string;
  /** An object goes as JSON; a text, a form and bytes as they are. */
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Another gateway than the shared one, or LiteLLM itself. */
  readonly http?: string;
}

/** Sends one request, to a path of the gateway. Redirects are not followed. */
export async function ask(path: string, asking: Asking = {}): Promise<Answer> {
  const { key = world.keys.good, body, http = world.http } = asking;
  const sent = body === undefined ? undefined : bytesOf(body);
  const isJson = typeof sent === 'string' && typeof body === 'object';
  const reply = await fetch(http + path, {
    method: asking.method ?? (sent === undefined ? 'GET' : 'POST'),
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(isJson ? { 'content-type': 'application/json' } : {}),
      ...asking.headers,
    },
    ...(sent === undefined ? {} : { body: sent }),
    redirect: 'manual',
  });
  const text = await reply.text();
  return { status: reply.status, headers: reply.headers, text, json: parsed(text) };
}

function bytesOf(body: object | string): string | FormData | Uint8Array<ArrayBuffer> {
  if (typeof body === 'string' || body instanceof FormData) return body;
  return body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Calls LiteLLM's management as an administrator, through the gateway; gives the JSON of its answer. Throws unless that is a 200. */
export async function manage(path: string, body?: object, asking: Asking = {}): Promise<unknown> {
  const reply = await ask(path, { key: world.masterKey, ...(body === undefined ? {} : { body }), ...asking });
  if (reply.status !== 200) throw new Error(`${path} answered ${reply.status}: ${reply.text.slice(0, 500)}`);
  return reply.json;
}

/** Has LiteLLM make a virtual key with such settings. */
export async function generateKey(settings: object = {}, asking: Asking = {}): Promise<string> {
  return String(at(await manage('/key/generate', settings, asking), 'key'));
}

/** A chat of one message. */
export function chat(model: string, text: string): { readonly model: string; readonly messages: readonly object[] } {
  return { model, messages: [{ role: 'user', content: text }] };
}

/**
 * Adds a model to LiteLLM's database under a new name, and waits until the gateway knows it too. Unless
 * `num_retries` is given there are none: LiteLLM's own pauses between them are seconds long.
 */
export async function addModel(litellmParams: object, modelInfo: object = {}): Promise<string> {
  const name = `model-${uniqueWord()}`;
  const params = { num_retries: 0, ...litellmParams };
  await manage('/model/new', { model_name: name, litellm_params: params, model_info: modelInfo });
  await vi.waitFor(
    async () => {
      const { status } = await ask(`/v1/models/${name}`);
      if (status !== 200) throw new Error(`The gateway does not know ${name}: ${status}`);
    },
    { timeout: 10_000, interval: 100 },
  );
  return name;
}
