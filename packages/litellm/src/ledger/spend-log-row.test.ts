import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nanoUsd } from '@genai-gateway/core';
import type { UsageEvent } from '@genai-gateway/governance';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BookedPayerOptions } from './booked-payer.ts';
import { postingsOf, spendLogDocument } from './posting.ts';
import { plainSpendLogRow } from './test-support/plain-spend-log-row.ts';
import { usageEvents } from './test-support/usage-events.ts';

/*
 * Rows that a real LiteLLM 1.106.2 wrote for calls of the simulated Bedrock (2026-11-23; the price list's entry of the
 * model and the trace of an error are left out), and what the books write for the same calls.
 */

type Row = Readonly<Record<string, unknown>>;

const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, 'test-support/litellm-rows.json'), 'utf8'),
) as Readonly<Record<string, Row & { readonly metadata: Row }>>;

/** As it goes to Postgres. */
function spendLogRow(event: UsageEvent, options: BookedPayerOptions = {}): Row & { readonly metadata: Row } {
  const [row] = JSON.parse(spendLogDocument(postingsOf([event], options))) as (Row & { readonly metadata: Row })[];
  return row ?? expect.fail('there is no row');
}

const text = (row: Row, column: string) =>
  typeof row[column] === 'string' && row[column] !== '' ? row[column] : undefined;
const moment = (row: Row, column: string) => Date.parse(`${String(row[column])}Z`);

/** The call behind a row of LiteLLM's. */
function callOf(row: Row & { readonly metadata: Row }, operation: string): UsageEvent {
  const isMaster = row['api_key'] === 'litellm_proxy_master_key';
  const isKnown = row['model'] !== 'unknown-model';
  const hasUsage = Number(row['total_tokens']) > 0;
  const tags = (row['request_tags'] as string[]).filter((tag) => !tag.startsWith('User-Agent: '));
  return {
    requestId: String(row['request_id']),
    payer: {
      keyHash: isMaster ? 'master' : String(row['api_key']),
      keyAlias: text(row.metadata, 'user_api_key_alias'),
      userId: isMaster ? undefined : text(row, 'user'),
      teamId: text(row, 'team_id'),
      teamAlias: text(row.metadata, 'user_api_key_team_alias'),
      organizationId: text(row, 'organization_id'),
      projectId: undefined,
      endUserId: text(row, 'end_user'),
      tags,
      accessGroups: [],
    },
    operation,
    endpoint: '/v1/chat/completions',
    stream: false,
    requestedModel: text(row, 'model_group') ?? 'no-such',
    modelId: isKnown ? String(row['model']).replace('bedrock/', '') : undefined,
    region: 'us-east-1',
    deploymentId: text(row, 'model_id'),
    startedAtMs: moment(row, 'startTime'),
    firstByteAtMs: moment(row, 'completionStartTime'),
    endedAtMs: moment(row, 'endTime'),
    end: row['status'] === 'success' ? 'delivered' : 'refused',
    errorCode: row['status'] === 'success' ? undefined : 'invalid-request',
    errorMessage: row['status'] === 'success' ? undefined : 'No.',
    usage: hasUsage
      ? {
          inputTokens: Number(row['prompt_tokens']),
          outputTokens: Number(row['completion_tokens']),
          cacheReadTokens: 0,
          cacheWriteTokens: 0,
        }
      : undefined,
    isEstimate: false,
    costNanoUsd: nanoUsd(Number(row['spend'])),
  };
}

/** What the books write otherwise, and why. */
const different: Readonly<Record<string, string>> = {
  session_id: 'LiteLLM makes one up per call; here it is the id of the call',
  litellm_call_id: 'LiteLLM’s own id of the call; here it is the id of the answer',
  cache_hit: 'LiteLLM writes None where it did not look, and False where it did; the hot path never looks',
  request_tags: 'LiteLLM adds the caller’s program, which the books are not told',
  request_duration_ms: 'LiteLLM subtracts microseconds, which its columns do not keep',
  metadata: 'compared below',
};

/** What LiteLLM's metadata holds and the books' does not, and why. */
const leftOut: Readonly<Record<string, string>> = {
  user_agent: 'not told',
  requester_ip_address: 'not told',
  spend_logs_metadata: 'not told',
  model_map_information: 'ten kilobytes of price list in every row',
  litellm_overhead_time_ms: 'of LiteLLM',
  litellm_roi_estimator: 'of LiteLLM',
  used_client_oauth_token: 'of LiteLLM',
  applied_guardrails: 'such calls are not served by the hot path',
  max_retries: 'such calls are not served by the hot path',
  attempted_retries: 'such calls are not served by the hot path',
  attempted_fallbacks: 'such calls are not served by the hot path',
  original_model_group: 'such calls are not served by the hot path',
  litellm_call_id: 'compared above',
  error_information: 'in the gateway’s own words',
  cost_breakdown: 'the total alone',
  usage_object: 'compared below',
  additional_usage_values: 'compared below',
};

const cases = [
  ['a call by a key with everything', 'chat'],
  ['a stream', 'chat'],
  ['a call by a key alone', 'chat'],
  ['one that Bedrock would refuse', 'chat'],
  ['one of a model that is not there', 'chat'],
  ['one with the master key', 'chat'],
  ['Converse', 'converse'],
  ['ConverseStream', 'converse-stream'],
  ['embeddings', 'embeddings'],
] as const;

describe.each(cases)('%s', (name, operation) => {
  const theirs = recorded[name];
  if (theirs === undefined) throw new Error(`There is no row of ${name}.`);
  const ours = spendLogRow(callOf(theirs, operation), { isMasterKey: (keyHash) => keyHash === 'master' });

  test('has LiteLLM’s columns', () => {
    const columns = Object.keys(ours).filter((column) => !(column in different));
    const pick = (row: object) =>
      Object.fromEntries(Object.entries(row).filter(([column]) => columns.includes(column)));
    const times = Object.fromEntries(
      ['startTime', 'endTime', 'completionStartTime'].map((column) => [
        column,
        new Date(moment(theirs, column)).toISOString().slice(0, -1),
      ]),
    );
    expect(pick(ours)).toEqual({ ...pick(theirs), ...times });
  });

  test('has LiteLLM’s metadata', () => {
    const known = Object.entries(theirs.metadata).filter(([field, value]) => value !== null && !(field in leftOut));
    expect(ours.metadata).toMatchObject(Object.fromEntries(known));
    const unsaid = Object.keys(ours.metadata).filter((field) => theirs.metadata[field] === null);
    expect(unsaid.filter((field) => ours.metadata[field] !== null)).toEqual([]);
    const own = Object.keys(ours.metadata).filter((field) => !(field in theirs.metadata));
    expect(own).toEqual(['genai_gateway']);
  });

  test('has LiteLLM’s figures of usage', () => {
    const usage = theirs.metadata['usage_object'] as Row;
    const counted = Object.entries(usage).filter(([, value]) => typeof value === 'number');
    const figures = Object.fromEntries(counted.filter(([field]) => field !== 'cost'));
    expect(ours.metadata['usage_object']).toMatchObject(figures);
  });
});

test('what was cut has a price, and says that it is an estimate', () => {
  const [name] = cases[0];
  const row = recorded[name];
  if (row === undefined) throw new Error(`There is no row of ${name}.`);
  const cut = spendLogRow({ ...callOf(row, 'chat'), end: 'cut', isEstimate: true, firstByteAtMs: undefined });
  expect(cut).toMatchObject({
    status: 'failure',
    spend: 6e-7,
    metadata: { status: 'failure', genai_gateway: { served_by: 'hot path', end: 'cut', estimate: true } },
  });
  expect(cut['completionStartTime']).toBe(cut['endTime']);
});

test.each([
  ['chat', 'acompletion'],
  ['embeddings', 'aembedding'],
  ['responses', 'aresponses'],
  ['messages', 'anthropic_messages'],
  ['converse', 'allm_passthrough_route'],
])('%s has LiteLLM’s word for it: %s', (operation, word) => {
  const [name] = cases[0];
  const row = recorded[name];
  if (row === undefined) throw new Error(`There is no row of ${name}.`);
  expect(spendLogRow(callOf(row, operation))['call_type']).toBe(word);
});

test('the rows of any calls are the same values as column by column', () => {
  fc.assert(
    fc.property(fc.array(usageEvents, { minLength: 1 }), fc.boolean(), (events, isMaster) => {
      const options = { isMasterKey: () => isMaster };
      const plain: unknown = JSON.parse(JSON.stringify(events.map((event) => plainSpendLogRow(event, options))));
      // The second time of texts that are kept for the payer.
      for (const _time of [1, 2]) expect(JSON.parse(spendLogDocument(postingsOf(events, options)))).toEqual(plain);
    }),
  );
});

test('a time that is none makes no row', () => {
  const [event] = fc.sample(usageEvents, 1) as [UsageEvent];
  for (const startedAtMs of [Number.NaN, Number.POSITIVE_INFINITY, 9e15]) {
    expect(() => spendLogRow({ ...event, startedAtMs })).toThrow(RangeError);
  }
});
