import { GatewayError } from '@genai-gateway/core';
import { checkRequestFields } from '@genai-gateway/governance';
import { type JsonObject, type Usage, usageFromInvokeBody } from '@genai-gateway/protocol';
import {
  type EmbeddingCall,
  type EmbeddingFacts,
  embeddingCalls,
  embeddingFactsOf,
  openaiEmbeddings,
  parseEmbeddingRequest,
  vectorsOf,
} from '@genai-gateway/translate';
import { admit, authenticate, type HotPathAdmission, litellmNameOf } from './admit.ts';
import { attributedHeaders } from './attributed.ts';
import { booked, openBooking, settled } from './booking.ts';
import type { Call } from './call.ts';
import { collect, type UpstreamAnswer } from './collect.ts';
import { droppedHeaders } from './dropped-headers.ts';
import { jsonObject } from './json-object.ts';
import { namedSettings } from './named-settings.ts';
import { usageInHeaders } from './native-answer.ts';
import { forward, ownHeaders } from './pass-through.ts';
import { parseJsonObject } from './request-json.ts';
import { type Services, toBedrock } from './services.ts';
import { upstreamError } from './upstream-error.ts';

/** Calls of Bedrock that one request has under way at a time: a list of texts is one call each for most models. */
const PARALLEL_CALLS = 8;

/** Serves `POST /v1/embeddings`: Bedrock's models here, all others through LiteLLM. */
export function serveEmbeddings(call: Call, services: Services): Promise<void> {
  call.record.endpoint = '/v1/embeddings';
  return booked(call, services, () => embed(call, services));
}

async function embed(call: Call, services: Services): Promise<void> {
  const principal = await authenticate(call, services);
  const bytes = await call.body();
  const body = parseJsonObject(bytes);
  // Who serves it is asked first: LiteLLM takes more than the hot path does, and reads it by itself.
  const model = typeof body['model'] === 'string' ? body['model'] : parseEmbeddingRequest(body).model;
  const named = await namedSettings(call, services, principal, body);
  const admission = await admit(call, services, principal, model, named.settings);
  if (!admission.eligible) return throughLitellm(call, services, admission.litellmModel, { body, bytes }, admission);
  const facts = embeddingFactsOf(admission.modelIds[0] ?? admission.deployment.modelId);
  if (facts === undefined) {
    const litellmModel = services.litellm && litellmNameOf(model, principal, services);
    if (litellmModel !== undefined) return throughLitellm(call, services, litellmModel, { body, bytes });
    throw noEmbeddings(model);
  }
  call.record.stream = false;
  const request = parseEmbeddingRequest(body);
  const { calls, droppedParams } = embeddingCalls(request, facts);
  call.record.droppedParams = droppedParams;
  await openBooking(call, services, { admission, named, body: calls.map((each) => each.body) });
  if (services.logsContent) call.record.content = { messages: body['input'], answer: () => undefined };

  const vectors = await new Batch(call, services, { admission, facts, calls }).run();
  await settled(call);
  const { model: calledAs, encodingFormat } = request;
  // What the provider did not tell is what was booked.
  const promptTokens = call.record.booked?.usage?.inputTokens ?? 0;
  const headers = droppedHeaders(droppedParams);
  call.reply.send(
    200,
    { 'content-type': 'application/json', ...headers },
    JSON.stringify(openaiEmbeddings(vectors, { model: calledAs, encodingFormat, promptTokens })),
  );
}

interface BatchRequest {
  readonly admission: HotPathAdmission;
  readonly facts: EmbeddingFacts;
  readonly calls: readonly EmbeddingCall[];
}

/** The calls of one request, a few at a time; the first that fails ends it, once those under way have ended. */
class Batch {
  readonly #call: Call;
  readonly #services: Services;
  readonly #request: BatchRequest;
  readonly #vectors: (readonly number[])[] = [];
  #next = 0;
  #served = 0;
  #failure: unknown;

  constructor(call: Call, services: Services, request: BatchRequest) {
    this.#call = call;
    this.#services = services;
    this.#request = request;
  }

  /** The vectors in the order of the inputs. Rejects with the first failure; what was used till then is in the record. */
  async run(): Promise<readonly (readonly number[])[]> {
    const { record } = this.#call;
    const { calls } = this.#request;
    const workers = Array.from({ length: Math.min(PARALLEL_CALLS, calls.length) }, () => this.#work());
    await Promise.all(workers);
    if (this.#failure === undefined) return this.#vectors;
    // What was served is to be paid for, whatever became of the rest.
    if (this.#served > 0) record.upstreamStatus = 200;
    throw this.#failure;
  }

  async #work(): Promise<void> {
    const { calls } = this.#request;
    for (let next = calls[this.#next++]; next !== undefined; next = calls[this.#next++]) {
      if (this.#failure !== undefined) return;
      try {
        await this.#serve(next);
      } catch (error) {
        this.#failure ??= error;
      }
    }
  }

  async #serve({ body, inputs }: EmbeddingCall): Promise<void> {
    const { admission, facts } = this.#request;
    const { deployment } = admission;
    const upstream = {
      target: { kind: 'model', operation: 'invoke', deployment },
      headers: attributedHeaders(this.#call, this.#services, { 'content-type': 'application/json', accept: '*/*' }),
      body: JSON.stringify(body),
    } as const;
    const answer = await collect(this.#call, this.#services, toBedrock(this.#call, this.#services, upstream));
    if (answer.status !== 200) throw upstreamError(answer);
    this.#served += 1;
    this.#note(answer, body);
    const vectors = vectorsOf(jsonObject(answer.body), facts, inputs.length);
    for (const [at, index] of inputs.entries()) this.#vectors[index] = vectors[at] ?? [];
  }

  /** Adds up what all calls have used. One that does not tell it leaves the sum unknown; vectors are no output. */
  #note(answer: UpstreamAnswer, body: JsonObject): void {
    const { record } = this.#call;
    const usage = usageInHeaders(answer) ?? usageFromInvokeBody(jsonObject(answer.body));
    const isFirst = this.#served === 1;
    const sum = isFirst ? usage?.inputTokens : added(record.usage?.inputTokens, usage?.inputTokens);
    const images = (record.usage?.inputImages ?? 0) + imagesIn(body);
    const tokens: Usage = sum === undefined ? { outputTokens: 0 } : { inputTokens: sum, outputTokens: 0 };
    record.usage = images === 0 ? tokens : { ...tokens, inputImages: images };
  }
}

function added(sum: number | undefined, more: number | undefined): number | undefined {
  return sum === undefined || more === undefined ? undefined : sum + more;
}

/** Pictures of one call: some models are paid by them. */
function imagesIn({ inputImage, images, singleEmbeddingParams }: JsonObject): number {
  if (Array.isArray(images)) return images.length;
  const isNovas = typeof singleEmbeddingParams === 'object' && singleEmbeddingParams !== null;
  return inputImage !== undefined || (isNovas && 'image' in singleEmbeddingParams) ? 1 : 0;
}

function throughLitellm(
  call: Call,
  services: Services,
  litellmModel: string,
  { body, bytes }: { readonly body: JsonObject; readonly bytes: Buffer },
  { reasons = [] }: { readonly reasons?: Parameters<typeof forward>[3]['reasons'] } = {},
): Promise<void> {
  checkRequestFields(body);
  call.record.stream = false;
  const sent = body['model'] === litellmModel ? bytes : JSON.stringify({ ...body, model: litellmModel });
  const headers = { ...ownHeaders(call), 'content-type': 'application/json' };
  return forward(
    call,
    services,
    { method: 'POST', target: '/v1/embeddings', headers, body: sent },
    { stream: false, reasons },
  );
}

function noEmbeddings(model: string): GatewayError {
  return new GatewayError(
    'invalid-request',
    `The model '${model.slice(0, 200)}' makes no embeddings here. Those that do are Amazon Titan and Nova Multimodal Embeddings, and Cohere Embed.`,
    { param: 'model' },
  );
}
