import type { JsonObject, OpenaiChatRequest } from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';

/** Names beyond these are not looked at. */
const MAX_BETAS = 50;

/**
 * The betas that are asked for in the body's `anthropic_beta` and in the header `anthropic-beta` (`header`, as it came), as far
 * as the model is known to take them: one that it does not know fails the whole call.
 */
export function anthropicBetas(
  { anthropic_beta: inBody }: OpenaiChatRequest,
  header: string | undefined,
  facts: ModelFacts,
  dropped: DroppedParams,
): JsonObject {
  if (header === undefined && (inBody === undefined || inBody === null)) return {};
  const own = typeof inBody === 'string' ? inBody.split(',') : (inBody ?? []);
  const asked = new Set(
    [...own, ...(header ?? '').split(',')].map((name) => name.trim()).filter((name) => name !== ''),
  );
  const taken: string[] = [];
  for (const name of [...asked].slice(0, MAX_BETAS)) {
    if (facts.anthropicBetas.includes(name)) taken.push(name);
    else dropped.add(`anthropic_beta.${name}`);
  }
  return taken.length > 0 ? { anthropic_beta: taken } : {};
}
