import { amazonRows } from './amazon.ts';
import { anyModel } from './any-model.ts';
import { claudeRows } from './claude.ts';
import type { FactRow, ModelFacts } from './model-facts.ts';
import { otherRows } from './others.ts';

/** All rows, in the order in which they hold. */
export const factRows: readonly FactRow[] = [...claudeRows, ...amazonRows, ...otherRows];

/** An ARN has at most 2,048 characters; what is longer names no model. */
const MAX_ID_LENGTH = 2_048;

/** As many ids as a gateway has models and profiles; a pure function may remember what it gave. */
const MAX_REMEMBERED = 1_000;
const remembered = new Map<string, ModelFacts>();

/**
 * The facts of a model id, an inference profile id or their ARN. Never throws: an id that no row knows gets
 * `anyModel`. An application inference profile hides its model, so pass the model that it stands for.
 */
export function modelFactsOf(modelId: string): ModelFacts {
  const known = remembered.get(modelId);
  if (known !== undefined) return known;
  if (modelId.length > MAX_ID_LENGTH) return anyModel;
  const facts = readFacts(modelId);
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(modelId, facts);
  return facts;
}

function readFacts(modelId: string): ModelFacts {
  const version = claudeVersion(modelId);
  const facts = { ...anyModel };
  for (const { family, model, versions, facts: more } of factRows) {
    if (!model.test(modelId)) continue;
    if (versions !== undefined && (version === undefined || version < versions[0] || version >= versions[1])) continue;
    Object.assign(facts, { family }, more);
  }
  return Object.freeze(facts);
}

/** 405 for Claude 4.5, 200 for claude-v2; undefined when the id names no version. */
function claudeVersion(modelId: string): number | undefined {
  // claude-3-5-sonnet-20241022, claude-opus-4-20250514 and claude-opus-4-5-20251101: a date is no minor version.
  const match = /\banthropic\.claude-(?:instant-v|v|[a-z]+-)?(\d{1,2})(?:-(\d{1,2}))?(?!\d)/.exec(modelId);
  return match?.[1] === undefined ? undefined : Number(match[1]) * 100 + Number(match[2] ?? 0);
}
