import { GatewayError } from '@genai-gateway/core';
import type { FunctionReply, FunctionRequest, FunctionRoute } from '@genai-gateway/lambda';
import {
  checkNames,
  fieldsIn,
  type PromptContent,
  parseNewPrompt,
  parsePatch,
  parseReplacement,
  parseVersion,
} from '@genai-gateway/prompts';
import { auditedChanges } from './audited-changes.ts';
import { clientToken, knownEtag } from './preconditions.ts';
import { writtenReply } from './prompt-reply.ts';
import { checkMayWrite } from './reader.ts';
import type { PromptServices } from './services.ts';

type Handle = FunctionRoute<PromptServices>['handle'];

/** The routes of administrators. */
export const writeRoutes: readonly FunctionRoute<PromptServices>[] = [
  { method: 'POST', path: '/v1/prompts', handle: administrators(create) },
  { method: 'PUT', path: '/v1/prompts/{id}', handle: administrators(changing(parseReplacement)) },
  { method: 'PATCH', path: '/v1/prompts/{id}', handle: administrators(changing(parsePatch)) },
  { method: 'PUT', path: '/v1/prompts/{id}/default-variant', handle: administrators(changing(parseDefaultVariant)) },
  { method: 'POST', path: '/v1/prompts/{id}/versions', handle: administrators(publish) },
  { method: 'DELETE', path: '/v1/prompts/{id}', handle: administrators(remove) },
  { method: 'DELETE', path: '/v1/prompts/{id}/versions/{version}', handle: administrators(removeVersion) },
];

/** Nobody else learns whether there is such a prompt, or what is wrong with a request. */
function administrators(handle: Handle): Handle {
  return async (request, services) => {
    checkMayWrite(request);
    return handle(request, services);
  };
}

async function create(request: FunctionRequest, services: PromptServices): Promise<FunctionReply> {
  checkNames(request.query, []);
  const wanted = parseNewPrompt(request.body);
  const token = clientToken(request, 'create');
  const changes = auditedChanges(request, services);
  const made = await services.administration.create(wanted, token, changes, request.signal);
  const { headers, ...reply } = writtenReply(made, 201);
  return { ...reply, headers: { ...headers, location: `/v1/prompts/${made.promptId}` } };
}

function changing(parse: (body: unknown, before: PromptContent) => PromptContent): Handle {
  return async (request, services) => {
    checkNames(request.query, ['etag']);
    const known = knownEtag(request);
    const promptId = await idOf(request, services);
    const change = (before: PromptContent) => parse(request.body, before);
    const changes = auditedChanges(request, services);
    return writtenReply(await services.administration.update(promptId, known, change, changes, request.signal), 200);
  };
}

function parseDefaultVariant(body: unknown, before: PromptContent): PromptContent {
  const wanted = fieldsIn(body, '', ['variant', 'etag']).text('variant');
  if (before.variants.some(({ name }) => name === wanted)) return { ...before, defaultVariant: wanted };
  const names = before.variants.map(({ name }) => `'${name}'`).join(', ');
  throw new GatewayError(
    'invalid-request',
    `'variant' must name a variant of the prompt. It has: ${names || 'none'}.`,
    {
      param: 'variant',
    },
  );
}

async function publish(request: FunctionRequest, services: PromptServices): Promise<FunctionReply> {
  checkNames(request.query, ['etag']);
  const known = knownEtag(request);
  const description = fieldsIn(request.body ?? {}, '', ['description', 'etag']).text('description');
  const promptId = await idOf(request, services);
  const options = { description, token: clientToken(request, `publish ${promptId}`) };
  const changes = auditedChanges(request, services);
  const made = await services.administration.publish(promptId, known, options, changes, request.signal);
  return writtenReply(made, 201);
}

async function remove(request: FunctionRequest, services: PromptServices): Promise<FunctionReply> {
  checkNames(request.query, ['etag']);
  const known = knownEtag(request);
  const promptId = await idOf(request, services);
  await services.administration.delete(promptId, known, auditedChanges(request, services), request.signal);
  return { status: 200, body: { object: 'prompt.deleted', id: promptId, deleted: true } };
}

async function removeVersion(request: FunctionRequest, services: PromptServices): Promise<FunctionReply> {
  checkNames(request.query, []);
  const version = parseVersion(request.params['version']);
  if (version === 'DRAFT') {
    throw new GatewayError('invalid-request', 'A draft goes with its prompt alone: DELETE /v1/prompts/{id}.', {
      param: 'version',
    });
  }
  const promptId = await idOf(request, services);
  const changes = auditedChanges(request, services);
  await services.administration.deleteVersion(promptId, version, changes, request.signal);
  return { status: 200, body: { object: 'prompt.version.deleted', id: promptId, version, deleted: true } };
}

function idOf({ params, signal }: FunctionRequest, { reading }: PromptServices): Promise<string> {
  return reading.locate(params['id'] ?? '', signal);
}
