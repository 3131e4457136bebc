import type { JsonObject } from '@genai-gateway/protocol';
import type { DroppedParams } from './dropped-params.ts';
import type { ModelFacts } from './model-facts/model-facts.ts';

/** As they came: a text has commas between them. */
type Names = string | readonly string[] | undefined;

/** Names beyond these are not looked at. */
const MAX_BETAS = 50;

/**
 * The betas that the body's `anthropic_beta` and the header `anthropic-beta` ask for, as far as the model is known to take them by
 * Converse: one that it does not know fails the whole call. The others are dropped.
 */
export function betaFields(body: object, header: Names, facts: ModelFacts, dropped: DroppedParams): JsonObject {
  const taken: string[] = [];
  for (const name of betaNames(body, header)) {
    if (facts.anthropicBetas.includes(name)) taken.push(name);
    else dropped.add(`anthropic_beta.${name}`);
  }
  return taken.length > 0 ? { anthropic_beta: taken } : {};
}

/** The names in both, each once. */
export function betaNames(body: object, header: Names): readonly string[] {
  const { anthropic_beta: inBody } = body as { readonly anthropic_beta?: unknown };
  if (!inBody && !header) return [];
  const names = [inBody, header].flat().flatMap((each) => (typeof each === 'string' ? each.split(',') : []));
  return [...new Set(names.map((name) => name.trim()))].filter((name) => name !== '').slice(0, MAX_BETAS);
}
