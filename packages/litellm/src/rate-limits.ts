import type { AdminScope, RateLimit } from '@genai-gateway/core';
import { jsonObject } from './values.ts';

/*
 * Rate limits as LiteLLM's tables hold them. Its limiter counts calls and tokens per minute, and of keys the calls at
 * one time; tokens per day (`tpd_limit`) it counts for batches only.
 * Source: LiteLLM 1.106.2, proxy/hooks/parallel_request_limiter_v3.py, proxy/auth/auth_utils.py,
 * https://github.com/BerriAI/litellm (read 2026-11-23).
 */

/** Figures per minute, by model where they hold for single models. */
interface PerMinute<Figure> {
  readonly requests: Figure;
  readonly tokens: Figure;
}

/** The limits of somebody for all calls, as a list: empty where there are none. */
export function rateLimits(
  scope: AdminScope,
  counter: string,
  perMinute: PerMinute<unknown>,
  parallel?: unknown,
): RateLimit[] {
  const requestsPerMinute = figure(perMinute.requests);
  const tokensPerMinute = figure(perMinute.tokens);
  const maxParallelRequests = figure(parallel);
  if (requestsPerMinute === undefined && tokensPerMinute === undefined && maxParallelRequests === undefined) return [];
  return [
    {
      scope,
      counter,
      model: undefined,
      requestsPerMinute,
      tokensPerMinute,
      maxParallelRequests,
    },
  ];
}

/** Limits per model: names of models and their figures. */
export type ModelFigures = Readonly<Record<string, number>>;

/** The limits of somebody for single models. The counter of each is `<counter>:<model>`. */
export function modelRateLimits(scope: AdminScope, counter: string, perMinute: PerMinute<ModelFigures>): RateLimit[] {
  const models = new Set([...Object.keys(perMinute.requests), ...Object.keys(perMinute.tokens)]);
  return [...models].map((model) => ({
    scope,
    counter: `${counter}:${model}`,
    model,
    requestsPerMinute: own(perMinute.requests, model),
    tokensPerMinute: own(perMinute.tokens, model),
    maxParallelRequests: undefined,
  }));
}

/** The figures of a metadata field such as `model_rpm_limit`. */
export function modelFigures(value: unknown): ModelFigures {
  return figures(jsonObject(value));
}

/** The figures that the entries of `model_max_budget` hold beside their budgets. */
export function figuresInBudgets(value: unknown, name: 'rpm_limit' | 'tpm_limit'): ModelFigures {
  const entries = Object.entries(jsonObject(value)).map(([model, each]) => [model, jsonObject(each)[name]]);
  return figures(Object.fromEntries(entries));
}

/** True for a field of limits by name in which LiteLLM would find something that it cannot count with. */
export function hasUnreadableFigures(value: unknown): boolean {
  if (value === null || value === undefined) return false;
  const limits = Object.values(jsonObject(value));
  const isObject = typeof value === 'object' && !Array.isArray(value);
  return !isObject || limits.some((each) => each !== null && figure(each) === undefined);
}

function figures(values: Readonly<Record<string, unknown>>): ModelFigures {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => {
      const found = figure(value);
      return found === undefined ? [] : [[name, found]];
    }),
  );
}

/** A whole number; `bigint` columns come as text. */
function figure(value: unknown): number | undefined {
  if (value === null || value === undefined || value === '' || typeof value === 'boolean') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? Math.trunc(number) : undefined;
}

function own(values: ModelFigures, name: string): number | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
