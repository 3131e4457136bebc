import { GatewayError } from '@genai-gateway/core';
import { mayUseModel } from '@genai-gateway/governance';
import type { VirtualKey } from '@genai-gateway/identity';
import { type Catalogue, eligibility, type ModelAlias } from '@genai-gateway/routing';
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
  const cards = [...usable.map(listed), ...teamCards(key, catalogue, services)];
  const headers = { 'content-type': 'application/json' };
  if (model === undefined) {
    call.reply.send(200, headers, JSON.stringify({ object: 'list', data: cards }));
    return;
  }
  call.record.requestedModel = model;
  const found = cards.find((card) => card.id === model);
  if (found === undefined) {
    throw new GatewayError(
      'model-not-found',
      `The model '${model.slice(0, 200)}' is not among those this key may use. GET /v1/models lists them.`,
      { param: 'model' },
    );
  }
  call.reply.send(200, headers, JSON.stringify(found));
}

/** LiteLLM lists models with this time too: they have none of their own. */
const CREATED = 1_677_610_602;

interface Card {
  readonly id: string;
  readonly object: 'model';
  readonly created: number;
  readonly owned_by: string;
}

/** The models of the key's own team, which only LiteLLM serves; one of the same name as an alias is listed already. */
function teamCards(key: VirtualKey | undefined, catalogue: Catalogue, services: Services): Card[] {
  if (key?.teamId === undefined || services.litellm === undefined) return [];
  const names = [...(catalogue.teamModels.get(key.teamId) ?? [])];
  return names
    .filter((name) => !name.includes('*') && !catalogue.aliases.has(name))
    .filter((name) => mayUseModel(key.modelScopes, { names: [name], accessGroups: [] }))
    .map((name) => ({ id: name, object: 'model', created: CREATED, owned_by: 'litellm' }));
}

function listed(alias: ModelAlias): Card {
  const target = alias.deployments[0];
  const provider = target?.deployment?.provider ?? target?.litellmModel.split('/')[0] ?? 'litellm';
  return { id: alias.name, object: 'model', created: CREATED, owned_by: provider };
}
