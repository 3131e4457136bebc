import { type Allowance, type Budget, noAllowance, type RateLimit } from '@genai-gateway/core';

/*
 * Which limits and budgets hold for one call, in the order in which LiteLLM checks them, so that the first that
 * refuses is the one that would refuse there.
 * Source: LiteLLM 1.106.2, proxy/hooks/parallel_request_limiter_v3.py (create_rate_limit_descriptors, RateLimitedModel),
 * proxy/hooks/model_max_budget_limiter.py (resolve_model_budget), proxy/auth/user_api_key_auth.py and
 * proxy/auth/auth_checks.py (common_checks), https://github.com/BerriAI/litellm (read 2026-11-23).
 */

/** A model as limits and budgets per model know it. */
export interface CalledModel {
  /** As the caller named it, after the names that its team and key have for models. */
  readonly requested: string;
  /** What the configuration's other names (`model_group_alias`) make of it; else the same. Calls are counted by it. */
  readonly group: string;
}

export interface AllowancesOptions {
  /** LiteLLM looks at no budget for models that cost nothing. */
  readonly isFree: boolean;
}

/**
 * Of all that is allowed to those behind a call, what holds for it. `models`: what is called. A model that is called by
 * its own id counts as every alias that leads to it too, so that the id dodges no limit.
 */
export function allowancesFor(
  allowances: readonly Allowance[],
  models: readonly CalledModel[],
  options: AllowancesOptions,
): Allowance {
  const held = allowances.filter(({ limits, budgets }) => limits.length > 0 || budgets.length > 0);
  const [only] = held;
  if (only === undefined) return noAllowance;
  return held.length === 1 ? knownFor(only, models, options) : joined(held, models, options);
}

type ByModels = WeakMap<readonly CalledModel[], Allowance>;

/** What one holder's allowance comes to, by model and whether that is free: calls of a key are many in a second. */
const known = new WeakMap<Allowance, { readonly free: ByModels; readonly priced: ByModels }>();

function knownFor(only: Allowance, models: readonly CalledModel[], options: AllowancesOptions): Allowance {
  let both = known.get(only);
  if (both === undefined) {
    both = { free: new WeakMap(), priced: new WeakMap() };
    known.set(only, both);
  }
  const byModels = options.isFree ? both.free : both.priced;
  let found = byModels.get(models);
  if (found === undefined) {
    found = joined([only], models, options);
    byModels.set(models, found);
  }
  return found;
}

function joined(
  allowances: readonly Allowance[],
  models: readonly CalledModel[],
  options: AllowancesOptions,
): Allowance {
  const limits = allowances.flatMap((each) => each.limits);
  const budgets = options.isFree ? [] : allowances.flatMap((each) => each.budgets);
  if (limits.length === 0 && budgets.length === 0) return noAllowance;
  return {
    limits: mergeLimits([
      ...limits.filter((limit) => limit.model === undefined),
      ...models.flatMap((model) => modelLimits(limits, model)),
    ]).toSorted((a, b) => limitRank(a) - limitRank(b)),
    budgets: withoutRepetition([
      ...budgets.filter((budget) => budget.model === undefined),
      ...models.flatMap((model) => modelBudgets(budgets, model)),
    ]).toSorted((a, b) => budgetRank(a) - budgetRank(b)),
  };
}

/** The limits of every holder for one model: by the name as requested, else by the group's; counted by the group's. */
function modelLimits(limits: readonly RateLimit[], { requested, group }: CalledModel): RateLimit[] {
  const holders = new Map<string, { requested?: RateLimit; group?: RateLimit }>();
  for (const limit of limits) {
    if (limit.model === undefined || (limit.model !== requested && limit.model !== group)) continue;
    const holder = `${limit.scope} ${limit.counter.slice(0, -limit.model.length)}`;
    const found = holders.get(holder) ?? {};
    holders.set(holder, { ...found, [limit.model === requested ? 'requested' : 'group']: limit });
  }
  const held = [...holders.values()].flatMap((found): RateLimit[] => {
    const limit = found.requested ?? found.group;
    if (limit?.model === undefined) return [];
    return [
      {
        ...limit,
        counter: `${limit.counter.slice(0, -limit.model.length)}${group}`,
        requestsPerMinute: found.requested?.requestsPerMinute ?? found.group?.requestsPerMinute,
        tokensPerMinute: found.requested?.tokensPerMinute ?? found.group?.tokensPerMinute,
      },
    ];
  });
  return withoutOverridden(held);
}

/** A key's own limit for a model takes the place of its team's. */
function withoutOverridden(limits: readonly RateLimit[]): RateLimit[] {
  const own = limits.find((limit) => limit.scope === 'key');
  if (own === undefined) return [...limits];
  return limits.flatMap((limit) => {
    if (!limit.counter.startsWith('model_per_team:')) return [limit];
    const requestsPerMinute = own.requestsPerMinute === undefined ? limit.requestsPerMinute : undefined;
    const tokensPerMinute = own.tokensPerMinute === undefined ? limit.tokensPerMinute : undefined;
    const isLeft = requestsPerMinute !== undefined || tokensPerMinute !== undefined;
    return isLeft ? [{ ...limit, requestsPerMinute, tokensPerMinute }] : [];
  });
}

/** One limit per counter: of each kind the smaller figure. */
function mergeLimits(limits: readonly RateLimit[]): RateLimit[] {
  const merged = new Map<string, RateLimit>();
  for (const limit of limits) {
    const before = merged.get(limit.counter);
    merged.set(
      limit.counter,
      before === undefined
        ? limit
        : {
            ...before,
            requestsPerMinute: smaller(before.requestsPerMinute, limit.requestsPerMinute),
            tokensPerMinute: smaller(before.tokensPerMinute, limit.tokensPerMinute),
            maxParallelRequests: smaller(before.maxParallelRequests, limit.maxParallelRequests),
          },
    );
  }
  return [...merged.values()];
}

function smaller(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}

/** Of each holder the budget for one model, by the most telling of its names; a key's takes the place of its team's. */
function modelBudgets(budgets: readonly Budget[], { requested, group }: CalledModel): Budget[] {
  const perModel = budgets.filter((budget) => budget.model !== undefined);
  if (perModel.length === 0) return [];
  const names = [...budgetNames(requested), ...budgetNames(group)];
  const held: Budget[] = [];
  for (const scope of new Set(perModel.map((budget) => budget.scope))) {
    const ofScope = perModel.filter((budget) => budget.scope === scope);
    const found = names.flatMap((name) => ofScope.find((budget) => budget.model === name) ?? [])[0];
    if (found !== undefined) held.push(found);
  }
  const keyHasOne = held.some((budget) => budget.scope === 'key');
  return held.filter((budget) => !keyHasOne || budget.scope !== 'team');
}

/** `bedrock/us.amazon.nova-lite-v1:0` → itself, without provider, without geography, without vendor. */
function budgetNames(model: string): readonly string[] {
  const id = model.slice(model.lastIndexOf('/') + 1);
  const base = id.replace(/:\d+k$/, '').replace(/^(?:global|us|eu|apac|jp|au|us-gov)\./, '');
  const vendor = /^[a-z0-9-]+\.(?=[a-z])/.exec(base)?.[0];
  return vendor === undefined ? [model, id] : [model, id, base, base.slice(vendor.length)];
}

function withoutRepetition(budgets: readonly Budget[]): Budget[] {
  return [...new Map(budgets.map((budget) => [budget.counter, budget])).values()];
}

const limitOrder = [
  'api_key',
  'user',
  'team',
  'team_member',
  'end_user',
  'model_per_key',
  'tag_per_key',
  'model_per_team',
  'model_per_project',
  'organization',
  'model_per_organization',
  'tag',
];

function limitRank({ counter }: RateLimit): number {
  return limitOrder.indexOf(counter.slice(0, counter.indexOf(':')));
}

const budgetOrder = [
  'team-member max_budget',
  'key max_budget',
  'key model_max_budget',
  'user model_max_budget',
  'end-user model_max_budget',
  'project max_budget',
  'team max_budget',
  'team budget_limits',
  'key budget_limits',
  'organization max_budget',
  'tag max_budget',
  'access-group max_budget',
  'user max_budget',
  'team-member team_member_budget',
  'end-user max_budget',
  'team model_max_budget',
];

function budgetRank({ scope, name }: Budget): number {
  return budgetOrder.indexOf(`${scope} ${name.split(' ', 1)[0]}`);
}
