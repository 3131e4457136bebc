import { isObject, type JsonObject, stringOf } from '../json.ts';
import { planReply, seedOf } from '../reply/plan.ts';
import { beforeAnswer, type Headers, sendBody } from '../wire/sender.ts';
import { bearerOf, checkKey } from './credentials.ts';
import type { Answerable, Context } from './endpoint.ts';
import { badRequest, openaiRefusal } from './errors.ts';
import { type Call, type ProviderOptions, type ProviderSimulator, serveProvider } from './http/provider-server.ts';
import { sendPieces } from './http/stream-sender.ts';
import { readForm } from './media/form.ts';
import { imageAt } from './media/images.ts';
import { modelById, modelList } from './models.ts';
import { acceptRealtime } from './realtime/accept.ts';
import { type Route, routeOf } from './routes.ts';
import { scriptedEvent } from './sse.ts';

export interface OpenaiSimulatorOptions extends ProviderOptions {
  /** The one key that is accepted. Absent: no key is needed and none is looked at. */
  readonly apiKey?: string;
}

/** A fake OpenAI that runs: its `url` with `/v1` is the `base_url` of a client. */
export type OpenaiSimulator = ProviderSimulator;

/** What OpenAI says of its rate limits with every answer: here no limit is ever near. */
const limits: Headers = {
  'x-ratelimit-limit-requests': '10000',
  'x-ratelimit-limit-tokens': '2000000',
  'x-ratelimit-remaining-requests': '9999',
  'x-ratelimit-remaining-tokens': '1999000',
  'x-ratelimit-reset-requests': '6ms',
  'x-ratelimit-reset-tokens': '30ms',
};

/** The same for a request over the limit. */
const exhausted: Headers = {
  ...limits,
  'x-ratelimit-remaining-requests': '0',
  'x-ratelimit-reset-requests': '1s',
};

/**
 * Starts a fake OpenAI that answers by itself: echo, directives in the text, or scripts. Rejects when the port is
 * taken.
 */
export async function startOpenaiSimulator(options: OpenaiSimulatorOptions = {}): Promise<OpenaiSimulator> {
  const { apiKey, now = Date.now } = options;

  return await serveProvider(options, {
    answer: async (call) => {
      const { record, out } = call;
      const image = record.method === 'GET' ? imageAt(record.path) : undefined;
      // Images are fetched without a key, as from the store that OpenAI's URLs lead to.
      if (image !== undefined) {
        return await sendPieces(out, {}, image.format, image.pieces, {
          fault: undefined,
          firstEventDelayMs: 0,
          paceMs: 0,
        });
      }
      if (apiKey !== undefined) checkKey(bearerOf(record.headers['authorization']), apiKey);
      const route = routeOf(record.method, record.path);
      if (route.kind === 'models') return await sendBody(out, 200, headersOf(call, 1), JSON.stringify(modelList()));
      if (route.kind === 'model') {
        return await sendBody(out, 200, headersOf(call, 1), JSON.stringify(modelById(route.id)));
      }
      const context: Context = {
        id: record.id.replaceAll('-', ''),
        nowSeconds: Math.floor(now() / 1000),
        url: `http://${record.headers['host'] ?? ''}`,
        seed: seedOf(call.body),
      };
      await answerPrompt(call, await prepare(call, route, context), route);
    },
    refusalOf: (error, record) => {
      const { status, headers, body } = openaiRefusal(error);
      return {
        status,
        headers: { 'x-request-id': requestId(record.id), ...headers, ...(status === 429 ? exhausted : {}) },
        body,
      };
    },
    upgrade: (upgrade) => acceptRealtime(upgrade, apiKey),
  });
}

type PromptRoute = Extract<Route, { readonly kind: 'json' | 'form' }>;

/** Reads the body in the form that the endpoint wants, notes it in the log, and checks it. */
async function prepare({ record, body }: Call, route: PromptRoute, context: Context): Promise<Answerable> {
  if (route.kind === 'form') {
    const form = await readForm(body, record.headers['content-type'] ?? '');
    note(record, form.fields, JSON.stringify(form.fields));
    return route.endpoint(form, context);
  }
  const text = body.toString('utf8');
  record.bodyText = text;
  const json = parse(text);
  note(record, json, text);
  return route.endpoint(json, context);
}

function note(record: Call['record'], body: JsonObject, bodyText: string): void {
  record.body = body;
  record.bodyText = bodyText;
  record.modelId = stringOf(body['model']) ?? '';
}

function parse(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (!isObject(value)) throw badRequest('The body is not a JSON object.');
  return value;
}

async function answerPrompt(call: Call, prepared: Answerable, route: PromptRoute): Promise<void> {
  const { out, record, scripts } = call;
  const isConversation = route.kind === 'json' && route.isConversation;
  const operation = isConversation ? (prepared.streamed ? 'converse-stream' : 'converse') : 'invoke';
  record.operation = operation;
  const script = scripts.take({ operation, modelId: record.modelId, bodyText: record.bodyText });
  const reply = planReply(prepared.request, script ?? prepared.directed.reply);
  await beforeAnswer(out, reply);
  const headers = headersOf(call, reply.latencyMs);
  const answer = prepared.answer(reply);
  switch (answer.kind) {
    case 'json':
      return await sendBody(out, 200, headers, JSON.stringify(answer.body), reply.fault);
    case 'text':
      return await sendBody(
        out,
        200,
        { ...headers, 'content-type': 'text/plain; charset=utf-8' },
        answer.body,
        reply.fault,
      );
    case 'pieces':
      return await sendPieces(out, headers, answer.format, reply.events?.map(scriptedEvent) ?? answer.pieces, reply);
  }
}

function headersOf({ record }: Call, latencyMs: number): Headers {
  return {
    'x-request-id': requestId(record.id),
    'openai-processing-ms': String(latencyMs),
    'openai-version': '2020-10-01',
    ...limits,
  };
}

function requestId(id: string): string {
  return `req_${id.replaceAll('-', '')}`;
}
