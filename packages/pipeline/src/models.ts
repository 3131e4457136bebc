import { GatewayError } from '@genai-gateway/core';
import { mayUseModel } from '@genai-gateway/governance';
import { eligibility, type ModelAlias } from '@genai-gateway/routing';
import { authenticate } from './admit.ts';
import type { Call } from './call.ts';
import type { Services } from './services.ts';

/**
 * Serves `GET /v1/models` and `GET /v1/models/{id}` (`model` given): the aliases of the catalogue that
 * this key may use and that can be served, by the hot path or by LiteLLM. Patterns are no models.
 */
export async function serveModels(call: Call, services: Services, model: string | undefined): Promise<void> {
  const principal = await authenticate(call, services);
  const key = principal.kind === 'virtual-key' ? principal.key : undefined;
  const catalogue = services.catalogue();
  const usable = [...catalogue.aliases.values()].filter(
    (alias) =>
      !alias.hidden &&
      !alias.name.includes('*') &&
      (services.litellm !== undefined ||
        eligibility({ kind: 'alias', alias }, catalogue, key?.settings ?? []).eligible) &&
      mayUseModel(key?.modelScopes ?? [], { names: [alias.name], accessGroups: alias.accessGroups }),
  );
  const headers = { 'content-type': 'application/json' };
  if (model === undefined) {
    call.reply.send(200, headers, JSON.stringify({ object: 'list', data: usable.map(listed) }));
    return;
  }
  call.record.requestedModel = model;
  const found = usable.find((alias) => alias.name === model);
  if (found === undefined) {
    throw new GatewayError(
      'model-not-found',
      `The model '${model.slice(0, 200)}' is not among those this key may use. GET /v1/models lists them.`,
      { param: 'model' },
    );
  }
  call.reply.send(200, headers, JSON.stringify(listed(found)));
}

/** LiteLLM lists models with this time too: they have none of their own. */
const CREATED = 1_677_610_602;

function listed(alias: ModelAlias): Record<string, unknown> {
  const target = alias.deployments[0];
  const provider = target?.deployment?.provider ?? target?.litellmModel.split('/')[0] ?? 'litellm';
  return { id: alias.name, object: 'model', created: CREATED, owned_by: provider };
}
