import type { JsonObject } from '@genai-gateway/protocol';
import type { DroppedParams } from './dropped-params.ts';
import type { ModelFacts } from './model-facts/model-facts.ts';

/** Names beyond these are not looked at. */
const MAX_BETAS = 50;

/** What the body's `anthropic_beta` or the header `anthropic-beta` says: names, or a text with commas between them. */
type Names = string | readonly string[] | null | undefined;

/**
 * The betas that are asked for, as far as the model is known to take them by Converse: one that it does not know fails the whole
 * call. The others are dropped.
 */
export function askedBetas(inBody: Names, inHeader: Names, facts: ModelFacts, dropped: DroppedParams): JsonObject {
  if (!inBody && !inHeader) return {};
  const asked = new Set(
    [...namesOf(inBody), ...namesOf(inHeader)].map((name) => name.trim()).filter((name) => name !== ''),
  );
  const taken: string[] = [];
  for (const name of [...asked].slice(0, MAX_BETAS)) {
    if (facts.anthropicBetas.includes(name)) taken.push(name);
    else dropped.add(`anthropic_beta.${name}`);
  }
  return taken.length > 0 ? { anthropic_beta: taken } : {};
}

function namesOf(names: Names): readonly string[] {
  return typeof names === 'string' ? names.split(',') : (names ?? []);
}
