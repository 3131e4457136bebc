import { GatewayError, isGatewayError } from '@genai-gateway/core';
import type { FunctionReply, FunctionRequest, FunctionRoute } from '@genai-gateway/lambda';
import {
  checkNames,
  chooseVariant,
  fieldsIn,
  type ManagedPrompt,
  modelOfVariant,
  noSuchPrompt,
  parsePromptQuery,
  parsePromptVariables,
  parseVersion,
  promptOf,
  renderPrompt,
  shownContent,
  shownMessage,
  shownSummary,
} from '@genai-gateway/prompts';
import type { ConverseContentBlock } from '@genai-gateway/protocol';
import { promptReply } from './prompt-reply.ts';
import { readerOf } from './reader.ts';
import type { PromptServices } from './services.ts';

/** The routes of everybody who may call prompts. */
export const readRoutes: readonly FunctionRoute<PromptServices>[] = [
  { method: 'GET', path: '/v1/prompts', handle: list },
  { method: 'GET', path: '/v1/prompts/{id}', handle: read },
  { method: 'GET', path: '/v1/prompts/{id}/versions', handle: versions },
  { method: 'POST', path: '/v1/prompts/{id}/render', handle: render },
];

async function list(request: FunctionRequest, services: PromptServices): Promise<FunctionReply> {
  const query = parsePromptQuery(request.query);
  const { mayRead } = await readerOf(request, services);
  if (mayRead === 'none') return listed([], undefined);
  const { prompts, next } = await services.reading.page(query, mayRead, request.signal);
  return listed(prompts.map(shownSummary), next);
}

async function read(request: FunctionRequest, services: PromptServices): Promise<FunctionReply> {
  const { params, query, signal } = request;
  checkNames(query, ['version', 'variant']);
  const version = parseVersion(query['version']);
  const { mayRead, seen } = await readerOf(request, services);
  if (mayRead === 'none') throw noSuchPrompt();
  const prompt = await found(params['id'] ?? '', version, services, signal);
  const variants = await seen(prompt);
  const wanted = query['variant'];
  if (wanted === undefined) return promptReply(prompt, variants);
  const one = variants.filter(({ name }) => name === wanted);
  if (one.length > 0) return promptReply(prompt, one);
  throw new GatewayError('prompt-not-found', 'This prompt has no such variant that you may read.', {
    param: 'variant',
  });
}

async function versions(request: FunctionRequest, services: PromptServices): Promise<FunctionReply> {
  const { params, query, signal } = request;
  checkNames(query, []);
  const { mayRead } = await readerOf(request, services);
  if (mayRead === 'none') throw noSuchPrompt();
  const promptId = await located(params['id'] ?? '', services, signal);
  const shown = await services.reading.versions(promptId, mayRead, signal);
  if (shown.length === 0 && mayRead !== undefined) {
    const draft = await services.reading.get(promptId, 'DRAFT', signal);
    if (!(await mayRead(draft))) throw noSuchPrompt();
  }
  return listed(shown.map(shownSummary), undefined);
}

async function render(request: FunctionRequest, services: PromptServices): Promise<FunctionReply> {
  const { params, query, principal, signal } = request;
  checkNames(query, []);
  const fields = fieldsIn(request.body ?? {}, '', ['version', 'variant', 'variables']);
  const version = parseVersion(fields.value('version'));
  const wanted = fields.text('variant');
  const { mayRead, seen } = await readerOf(request, services);
  if (mayRead === 'none') throw noSuchPrompt();
  const managed = await found(params['id'] ?? '', version, services, signal);
  const variants = await seen(managed);
  const prompt = promptOf(managed);
  // As the gateway chooses for a call of this caller that has no session.
  const stickTo = principal.kind === 'master' ? 'master' : (principal.key.userId ?? principal.key.keyHash);
  const { variant, how } = chooseVariant(prompt, { name: wanted, stickTo });
  if (!variants.some(({ name }) => name === variant.name)) {
    throw new GatewayError(
      'model-not-allowed',
      'This call would get a variant whose model you may not use. Name another one in `variant`.',
      { param: 'variant' },
    );
  }
  const given = parsePromptVariables(fields.value('variables'), 'variables');
  const rendered = renderPrompt(prompt, variant, given, 'variables');
  const { maxTokens, temperature, topP, stopSequences } = rendered.inferenceConfig ?? {};
  const { promptId: id, content } = managed;
  return {
    status: 200,
    body: {
      object: 'prompt.rendering',
      id,
      name: content.name,
      version: managed.version,
      variant: variant.name,
      chosen: how,
      model: modelOfVariant(variant),
      ...(rendered.system.length === 0
        ? {}
        : { system: shownContent(rendered.system as readonly ConverseContentBlock[]) }),
      messages: rendered.messages.map(shownMessage),
      tool_config: rendered.toolConfig,
      max_tokens: maxTokens,
      temperature,
      top_p: topP,
      stop: stopSequences,
      additional_model_request_fields: rendered.additionalModelRequestFields,
    },
  };
}

/** The prompt's id. Rejects with one and the same error for what is not there. */
async function located(written: string, services: PromptServices, signal: AbortSignal): Promise<string> {
  return services.reading.locate(written, signal);
}

async function found(
  written: string,
  version: string,
  services: PromptServices,
  signal: AbortSignal,
): Promise<ManagedPrompt> {
  const promptId = await located(written, services, signal);
  try {
    return await services.reading.get(promptId, version, signal);
  } catch (error) {
    // In other words it would say that there is such a prompt, to who may not know.
    throw isGatewayError(error) && error.code === 'prompt-not-found' ? noSuchPrompt() : error;
  }
}

function listed(data: readonly object[], next: string | undefined): FunctionReply {
  return { status: 200, body: { object: 'list', data, has_more: next !== undefined, next: next ?? null } };
}
