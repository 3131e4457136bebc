import type { AdminScope, Budget, RateLimit } from '@genai-gateway/core';
import { describe, expect, test } from 'vitest';
import type { Refusal } from './accounts.ts';
import { rateLimitHeaders, refusalError } from './refusals.ts';

const standings = { requests: undefined, tokens: undefined };
const limit: RateLimit = {
  scope: 'key',
  counter: 'api_key:0123',
  model: undefined,
  requestsPerMinute: 50,
  tokensPerMinute: 1000,
  maxParallelRequests: 3,
};
const budget: Budget = {
  scope: 'team',
  counter: 'spend:team:secret-team',
  name: 'max_budget',
  model: undefined,
  maxNanoUsd: 1_500_000_000n,
  spentNanoUsd: 0n,
  refusesWhen: 'reached',
  counterTtlSeconds: 60,
};
const spent: Refusal = { kind: 'budget', budget, spentNanoUsd: 1_600_000_001n };
const over = (kind: 'requests-per-minute' | 'tokens-per-minute' | 'parallel-requests') =>
  refusalError({ kind, limit, standings, retryAfterSeconds: 12 });

describe('a limit that is reached', () => {
  test.each([
    ['requests-per-minute', '50 requests per minute (rpm_limit)'],
    ['tokens-per-minute', '1000 tokens per minute (tpm_limit)'],
    ['parallel-requests', '3 requests at one time (max_parallel_requests)'],
  ] as const)('%s', (kind, text) => {
    expect(over(kind)).toMatchObject({
      code: 'rate-limited',
      retryAfterSeconds: 12,
      message: `Rate limit exceeded: this API key may use ${text}. Try again in 12 seconds, or ask your administrator for a higher limit.`,
    });
  });

  test('of one model names it', () => {
    const refusal = { kind: 'requests-per-minute', limit: { ...limit, model: 'nova' }, standings } as const;
    expect(refusalError({ ...refusal, retryAfterSeconds: 1 }).message).toContain(
      "50 requests per minute (rpm_limit) for the model 'nova'. Try again in 1 second,",
    );
  });
});

describe('a budget', () => {
  test('that is spent says so in the words that scripts look for', () => {
    expect(refusalError(spent)).toMatchObject({
      code: 'budget-exceeded',
      retryAfterSeconds: undefined,
      message:
        'Budget has been exceeded! It is the budget of the team of this API key (max_budget). Current cost: 1.600000001, Max budget: 1.5. Ask your administrator for a larger budget, or wait until it starts anew.',
    });
  });

  test('that is held for calls still running is worth another try', () => {
    expect(refusalError({ ...spent, held: true })).toMatchObject({
      code: 'rate-limited',
      retryAfterSeconds: 1,
      message: expect.stringContaining('the budget of the team of this API key (max_budget) is held for calls'),
    });
  });
});

test('no refusal tells an id', () => {
  const scopes: AdminScope[] = ['key', 'user', 'team', 'team-member', 'organization', 'project', 'end-user', 'tag'];
  for (const scope of scopes) {
    const ofLimit = { kind: 'tokens-per-minute', limit: { ...limit, scope }, standings, retryAfterSeconds: 1 } as const;
    for (const refusal of [ofLimit, { ...spent, budget: { ...budget, scope } }]) {
      expect(refusalError(refusal).message).not.toMatch(/secret-team|0123/);
    }
  }
});

describe('the headers', () => {
  test('say where a caller stands with requests and tokens', () => {
    const requests = { limit: 50, remaining: 49, resetSeconds: 60 };
    const tokens = { limit: 1000, remaining: -5, resetSeconds: 7 };
    expect(rateLimitHeaders({ requests, tokens })).toEqual({
      'x-ratelimit-limit-requests': '50',
      'x-ratelimit-remaining-requests': '49',
      'x-ratelimit-reset-requests': '60s',
      'x-ratelimit-limit-tokens': '1000',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '7s',
    });
  });

  test('are none where there is no limit', () => {
    expect(rateLimitHeaders(standings)).toEqual({});
  });
});
