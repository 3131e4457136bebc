import { emptyCatalogue } from '@genai-gateway/routing';
import { describe, expect, test } from 'vitest';
import { serveGuardrail } from './guardrail.ts';
import { budgetOf } from './test-support/allowances.ts';
import { type Harness, type HarnessOptions, harness, virtualKey } from './test-support/harness.ts';

const body = { source: 'INPUT', content: [{ text: { text: 'x'.repeat(1_500) } }] };
const budget = budgetOf();
const key = virtualKey({ allowance: { limits: [], budgets: [budget] } });
/** A dollar for a thousand. */
const UNIT = 1_000_000n;

function guarding(answer: object, options: HarnessOptions = {}): Harness {
  const of = harness({ body, key, ...options });
  of.bedrock.script = (bedrock) => bedrock.head().bytes(JSON.stringify(answer)).end();
  return of;
}
const run = (of: Harness, guardrailId = 'abc'): Promise<void> =>
  of.run((call, services) => serveGuardrail(call, services, { guardrailId, guardrailVersion: '1', headers: {} }));

describe('a guardrail that checks text', () => {
  test('is booked for the units that Bedrock charges', async () => {
    const of = guarding({ action: 'NONE', usage: { topicPolicyUnits: 3, wordPolicyUnits: 1 } });
    await run(of);
    expect(of.reply.status).toBe(200);
    expect(of.accounts.settled).toMatchObject([
      {
        requestedModel: 'guardrail/abc',
        modelId: 'guardrail/abc',
        region: 'us-east-1',
        endpoint: '/bedrock/guardrail/{id}/version/{version}/apply',
        usage: { guardrailUnits: { topicPolicyUnits: 3, wordPolicyUnits: 1 } },
        end: 'delivered',
        isEstimate: false,
        costNanoUsd: 3n * UNIT,
      },
    ]);
  });

  test('has every budget of the key asked, for what its text may cost', async () => {
    const of = guarding({ usage: { topicPolicyUnits: 2 } });
    await run(of);
    const [opened] = of.accounts.opened;
    expect(opened?.budgets).toEqual([budget]);
    expect([opened?.estimatedNanoUsd, opened?.estimatedTokens]).toEqual([2n * UNIT, 0]);
    expect(opened?.ifLost).toMatchObject({ costNanoUsd: 2n * UNIT, isEstimate: true, end: 'cut' });
  });

  test('whose answer does not tell its units is booked by its text, and said to be an estimate', async () => {
    const of = guarding({ action: 'NONE' });
    await run(of);
    expect(of.accounts.settled).toMatchObject([{ costNanoUsd: 2n * UNIT, isEstimate: true }]);
  });

  test('by an ARN is named by its id', async () => {
    const of = guarding({ usage: {} });
    await run(of, 'arn:aws:bedrock:us-east-1:123456789012:guardrail/xyz');
    expect(of.accounts.settled).toMatchObject([{ modelId: 'guardrail/xyz' }]);
    const [sent] = of.bedrock.requests;
    expect(sent?.target).toMatchObject({ guardrailId: 'arn:aws:bedrock:us-east-1:123456789012:guardrail/xyz' });
  });

  test('that Bedrock refuses costs nothing', async () => {
    const of = guarding({});
    of.bedrock.script = (bedrock) => bedrock.head(400).bytes('{"message":"no"}').end();
    await run(of);
    expect(of.reply.status).toBe(400);
    expect(of.accounts.settled).toMatchObject([{ costNanoUsd: 0n, end: 'refused' }]);
  });

  test('is not asked when a budget is spent', async () => {
    const of = guarding({});
    of.accounts.refusal = { kind: 'budget', budget, spentNanoUsd: 1n };
    await run(of);
    expect(of.reply.failure?.code).toBe('budget-exceeded');
    expect(of.bedrock.requests).toEqual([]);
    expect(of.accounts.refused).toMatchObject([{ errorCode: 'budget-exceeded', requestedModel: 'guardrail/abc' }]);
  });
});

describe('what only LiteLLM holds', () => {
  test.each<[string, HarnessOptions]>([
    [
      'of everybody',
      { catalogue: { ...emptyCatalogue, settings: [{ scope: 'proxy', kind: 'budget', name: 'max_budget' }] } },
    ],
    ['of the key', { key: virtualKey({ settings: [{ scope: 'key', kind: 'rate-limit', name: 'some limit' }] }) }],
    [
      'of the end user',
      {
        headers: { 'x-litellm-end-user-id': 'e' },
        endUsers: { e: { settings: [{ scope: 'end-user', kind: 'access-restriction', name: 'blocked' }] } },
      },
    ],
  ])('%s refuses where it limits', async (_whose, options) => {
    const of = guarding({}, options);
    await run(of);
    expect(of.reply.failure?.code).toBe('not-on-hot-path');
    expect(of.bedrock.requests).toEqual([]);
  });

  test('is none of its business where it limits nothing', async () => {
    const settings = [{ scope: 'proxy', kind: 'callbacks', name: 'callbacks' }] as const;
    const of = guarding({}, { catalogue: { ...emptyCatalogue, settings } });
    await run(of);
    expect(of.reply.status).toBe(200);
  });
});
