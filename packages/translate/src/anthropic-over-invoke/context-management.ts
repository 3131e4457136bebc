import type { JsonObject } from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { isRecord, recordsOf } from '../json.ts';
import type { Betas } from './betas.ts';

/**
 * The edits that Bedrock knows, and the beta that each needs. Others fail the call; Claude Code sends one in each request.
 * Source: LiteLLM 1.106.2, llms/bedrock/messages/invoke_transformations, and https://github.com/BerriAI/litellm/issues/27532
 * (read 2026-11-23).
 */
const betaOfEdit: ReadonlyMap<unknown, string> = new Map([
  ['clear_tool_uses_20250919', 'context-management-2025-06-27'],
  ['compact_20260112', 'compact-2026-01-12'],
]);

/** `context_management` with the edits that the model knows; undefined: none of them. The others are dropped. */
export function contextEdits(value: unknown, betas: Betas, dropped: DroppedParams): JsonObject | undefined {
  if (!isRecord(value)) return undefined;
  const edits = recordsOf(value['edits']);
  const kept = edits.filter(({ type }) => {
    const beta = betaOfEdit.get(type);
    return beta !== undefined && betas.add(beta);
  });
  if (kept.length < edits.length) dropped.add('context_management');
  return kept.length === 0 ? undefined : { edits: kept as readonly JsonObject[] };
}
