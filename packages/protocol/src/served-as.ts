import { objectOf } from './object.ts';
import type { Usage } from './usage.ts';

/** What an answer says beside its `usage`. Guardrails' units stand in a trace alone, all assessments together. */
export type ServedAs = Pick<Usage, 'serviceTier' | 'invokedModelId' | 'guardrailUnits'>;

const NAMED_ARN = /^arn:[^/]*:(?:foundation-model|inference-profile)\//;

/**
 * Reads it from the body of a Converse answer or from the `metadata` event of a stream; of InvokeModel's body too, whose
 * trace has a name of its own. Sources: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseTrace.html,
 * .../API_runtime_GuardrailUsage.html, .../API_runtime_PromptRouterTrace.html (as of 2026-11-23).
 */
export function servedAs(value: unknown): ServedAs {
  const body = objectOf(value);
  const trace = objectOf(body['trace'] ?? body['amazon-bedrock-trace']);
  const tier = objectOf(body['serviceTier'])['type'];
  const invoked = objectOf(trace['promptRouter'])['invokedModelId'];
  const guardrailUnits = unitsOf(trace['guardrail']);
  return {
    ...(typeof tier === 'string' ? { serviceTier: tier } : {}),
    ...(typeof invoked === 'string' && invoked !== '' ? { invokedModelId: invoked.replace(NAMED_ARN, '') } : {}),
    ...(guardrailUnits === undefined ? {} : { guardrailUnits }),
  };
}

/**
 * Reads the `usage` of an answer of ApplyGuardrail; undefined: it tells nothing. Source:
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ApplyGuardrail.html (as of 2026-11-23).
 */
export function usageFromGuardrail(value: unknown): Usage | undefined {
  const guardrailUnits = together([value]);
  return guardrailUnits === undefined ? undefined : { guardrailUnits };
}

function unitsOf(guardrail: unknown): Readonly<Record<string, number>> | undefined {
  return together(assessments(guardrail).map((assessment) => objectOf(assessment['invocationMetrics'])['usage']));
}

function together(usages: readonly unknown[]): Readonly<Record<string, number>> | undefined {
  const total: Record<string, number> = {};
  for (const usage of usages) {
    for (const [unit, units] of Object.entries(objectOf(usage))) {
      if (typeof units !== 'number' || !Number.isSafeInteger(units) || units < 0) continue;
      total[unit] = (total[unit] ?? 0) + units;
    }
  }
  return Object.keys(total).length > 0 ? total : undefined;
}

/** `inputAssessment` holds one per guardrail, `outputAssessments` a list; InvokeModel's `input` and `outputs` the same. */
function assessments(guardrail: unknown): Readonly<Record<string, unknown>>[] {
  const trace = objectOf(guardrail);
  const groups = [trace['inputAssessment'], trace['input'], trace['outputAssessments'], trace['outputs']];
  return groups
    .flatMap((group) => (Array.isArray(group) ? group : [group]))
    .flatMap((group) => Object.values(objectOf(group)))
    .flatMap((each) => (Array.isArray(each) ? each : [each]))
    .map(objectOf);
}
