import { type AdminScope, GatewayError, usd } from '@genai-gateway/core';
import type { Refusal, Standing, Standings } from './accounts.ts';

const holders: Readonly<Record<AdminScope, string>> = {
  proxy: 'the gateway',
  alias: 'this model',
  deployment: 'this model',
  key: 'this API key',
  user: 'the user of this API key',
  team: 'the team of this API key',
  'team-member': 'this user within the team',
  organization: 'the organization of this API key',
  project: 'the project of this API key',
  'end-user': 'the end user of this request',
  tag: 'a tag of this request',
  'access-group': 'a group of models that this one belongs to',
};

/**
 * A refusal as the caller reads it: `rate-limited` with when to try again, or `budget-exceeded`. It says whose limit
 * it is and how large, never an id: what stands above a key may belong to others too.
 */
export function refusalError(refusal: Refusal): GatewayError {
  if (refusal.kind === 'budget') return budgetError(refusal);
  const { limit, retryAfterSeconds } = refusal;
  const model = limit.model === undefined ? '' : ` for the model '${limit.model}'`;
  const wait = `Try again in ${retryAfterSeconds} ${retryAfterSeconds === 1 ? 'second' : 'seconds'}`;
  return new GatewayError(
    'rate-limited',
    `Rate limit exceeded: ${holders[limit.scope]} may use ${allowed(refusal)}${model}. ${wait}, or ask your administrator for a higher limit.`,
    { retryAfterSeconds },
  );
}

function allowed({ kind, limit }: Exclude<Refusal, { kind: 'budget' }>): string {
  switch (kind) {
    case 'requests-per-minute':
      return `${limit.requestsPerMinute} requests per minute (rpm_limit)`;
    case 'tokens-per-minute':
      return `${limit.tokensPerMinute} tokens per minute (tpm_limit)`;
    case 'parallel-requests':
      return `${limit.maxParallelRequests} requests at one time (max_parallel_requests)`;
  }
}

function budgetError({ budget, spentNanoUsd, held }: Extract<Refusal, { kind: 'budget' }>): GatewayError {
  const of = `the budget of ${holders[budget.scope]} (${budget.name})`;
  if (held === true) {
    return new GatewayError(
      'rate-limited',
      `What is left of ${of} is held for calls that are still running. Try again in a moment.`,
      { retryAfterSeconds: 1 },
    );
  }
  return new GatewayError(
    'budget-exceeded',
    `Budget has been exceeded! It is ${of}. Current cost: ${usd(spentNanoUsd)}, Max budget: ${usd(budget.maxNanoUsd)}. Ask your administrator for a larger budget, or wait until it starts anew.`,
  );
}

/** The headers by which OpenAI's clients know where they stand; for the kinds that have a limit. */
export function rateLimitHeaders({ requests, tokens }: Standings): Readonly<Record<string, string>> {
  return { ...standingHeaders('requests', requests), ...standingHeaders('tokens', tokens) };
}

function standingHeaders(kind: string, standing: Standing | undefined): Record<string, string> {
  if (standing === undefined) return {};
  return {
    [`x-ratelimit-limit-${kind}`]: String(standing.limit),
    [`x-ratelimit-remaining-${kind}`]: String(Math.max(0, standing.remaining)),
    [`x-ratelimit-reset-${kind}`]: `${standing.resetSeconds}s`,
  };
}
