import { GatewayError } from '@genai-gateway/core';
import { badField } from './self-service-fields.ts';

/** A list that may hold everything. */
const EVERYTHING = ['*', 'all-proxy-models'];
/** LiteLLM's word for no model at all: an empty list would mean all of them. */
const NOTHING = 'no-default-models';

/**
 * Models chosen for a key, each within every list that holds for its owner; no choice is all that the owner has.
 * Throws `invalid-request`, or `model-not-allowed`.
 */
export function chosenModels(
  name: string,
  value: unknown,
  [byLogin, byUser]: readonly [readonly string[] | undefined, readonly string[]],
): readonly string[] {
  if (!Array.isArray(value) || value.length > 500 || !value.every((each) => typeof each === 'string' && each !== '')) {
    throw badField(name, 'has to be a list of model names');
  }
  const chosen = value as string[];
  if (chosen.length === 0) return ownModels(byLogin, byUser);
  const lists = listsOf(byLogin, byUser);
  for (const model of chosen) {
    if (model === NOTHING || lists.every((list) => holds(list, model))) continue;
    throw new GatewayError(
      'model-not-allowed',
      `You have no permission to use the model '${model.slice(0, 200)}', so no key of yours can have it.`,
      { param: name },
    );
  }
  return chosen;
}

/** All that the owner may use, in LiteLLM's form: an empty list is everything. */
export function ownModels(byLogin: readonly string[] | undefined, byUser: readonly string[]): readonly string[] {
  const [first, second] = listsOf(byLogin, byUser);
  if (first === undefined) return [];
  if (second === undefined) return first.length === 0 ? [NOTHING] : first;
  const both = [...first.filter((model) => holds(second, model)), ...second.filter((model) => holds(first, model))];
  return both.length === 0 ? [NOTHING] : [...new Set(both)];
}

function listsOf(byLogin: readonly string[] | undefined, byUser: readonly string[]): (readonly string[])[] {
  return [...(byLogin === undefined ? [] : [byLogin]), ...(byUser.length === 0 ? [] : [byUser])];
}

/**
 * Whether a list holds a name: itself, or by a wildcard. A wildcard counts for names with a provider alone: a name
 * without one could be that of an access group, which stands for models that the wildcard does not.
 */
function holds(list: readonly string[], model: string): boolean {
  if (list.includes(model) || list.some((each) => EVERYTHING.includes(each))) return true;
  if (!model.includes('/')) return false;
  return list.some((each) => each.includes('*') && wildcard(each).test(model));
}

function wildcard(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
