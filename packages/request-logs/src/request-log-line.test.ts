import { errorCodes } from '@genai-gateway/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LoggedCall } from './logged-call.ts';
import { requestLogLine } from './request-log-line.ts';
import { plainRequestLogLine } from './test-support/plain-request-log-line.ts';

const call: LoggedCall = {
  requestId: 'r-1',
  answerId: 'chatcmpl-r-1',
  operation: 'chat',
  endpoint: '/v1/chat/completions',
  stream: false,
  startedAtMs: 1_000_000,
  firstByteAtMs: 1_000_250,
  endedAtMs: 1_001_500,
  end: 'delivered',
  httpStatus: 200,
  requestedModel: 'nova',
  modelId: 'amazon.nova-lite-v1:0',
  region: 'us-east-1',
  deploymentId: 'd-1',
  payer: {
    keyHash: 'hash',
    keyAlias: 'alias',
    userId: 'user',
    teamId: 'team',
    teamAlias: 'Team',
    organizationId: undefined,
    projectId: undefined,
    endUserId: 'end-user',
    tags: ['a'],
    accessGroups: [],
  },
  userEmail: undefined,
  errorCode: undefined,
  errorMessage: undefined,
  usage: { inputTokens: 10, cacheReadTokens: 4, cacheWriteTokens: 2, outputTokens: 7, reasoningTokens: 3 },
  isEstimate: false,
  costNanoUsd: 12_500n,
  stopReason: 'end_turn',
  sessionId: undefined,
  prompt: undefined,
  upstreamRequestId: 'aws-1',
  content: undefined,
};
type Line = ReturnType<typeof plainRequestLogLine>;
const parsed = (each: LoggedCall) => JSON.parse(requestLogLine(each)) as Line;
const line = (changes: Partial<LoggedCall> = {}) => parsed({ ...call, ...changes });

/** Every field of LiteLLM's payload that it always writes. Source: LiteLLM 1.106.2, types/utils.py, StandardLoggingPayload (read 2026-11-23). */
const fields = [
  ...['id', 'trace_id', 'session_id', 'litellm_call_id', 'call_type', 'stream', 'response_cost', 'cost_breakdown'],
  ...['autorouter_savings', 'autorouter_savings_estimate', 'autorouter_baseline_observation'],
  ...['response_cost_failure_debug_info', 'zero_cost_diagnostic', 'status', 'status_fields', 'custom_llm_provider'],
  ...['total_tokens', 'prompt_tokens', 'completion_tokens', 'startTime', 'endTime', 'completionStartTime'],
  ...[
    'response_time',
    'model_map_information',
    'model',
    'model_id',
    'model_group',
    'api_base',
    'metadata',
    'cache_hit',
  ],
  ...['cache_key', 'saved_cache_cost', 'request_tags', 'request_model_access_groups', 'end_user'],
  ...['requester_ip_address', 'user_agent', 'messages', 'response', 'error_str', 'error_information'],
  ...['model_parameters', 'hidden_params', 'guardrail_information', 'standard_built_in_tools_params'],
];

describe('the line of a call', () => {
  test('has every field of LiteLLM’s payload and no other', () => {
    expect(Object.keys(line()).toSorted()).toEqual(fields.toSorted());
  });

  test('is what was booked, in LiteLLM’s units', () => {
    expect(line()).toMatchObject({
      id: 'chatcmpl-r-1',
      litellm_call_id: 'r-1',
      call_type: 'acompletion',
      stream: null,
      response_cost: 0.0000125,
      cost_breakdown: { total_cost: 0.0000125 },
      status: 'success',
      prompt_tokens: 16,
      completion_tokens: 7,
      total_tokens: 23,
      startTime: 1_000,
      endTime: 1_001.5,
      completionStartTime: 1_000.25,
      response_time: 1.5,
      model: 'bedrock/amazon.nova-lite-v1:0',
      model_group: 'nova',
      model_id: 'd-1',
      end_user: 'end-user',
      request_tags: ['a'],
      messages: null,
      response: null,
      error_str: null,
      error_information: { error_code: '', error_class: '', error_message: '' },
      metadata: {
        user_api_key_hash: 'hash',
        user_api_key_org_id: null,
        user_api_key_team_alias: 'Team',
        usage_object: { prompt_tokens_details: { text_tokens: 10, cached_tokens: 4, cache_creation_tokens: 2 } },
        genai_gateway: { served_by: 'hot path', end: 'delivered', upstream_request_id: 'aws-1' },
      },
    });
  });

  test('of a stream is timed up to its first byte', () => {
    expect(line({ stream: true })).toMatchObject({ stream: true, response_time: 0.25 });
  });

  test.each<[string, Partial<LoggedCall>, string, string]>([
    [
      'refused',
      { end: 'refused', httpStatus: 429, errorCode: 'rate-limited', errorMessage: 'Too many.' },
      '429',
      'Too many.',
    ],
    ['left by its caller', { end: 'cut', httpStatus: 200, errorCode: 'client-gone' }, '499', 'client-gone'],
    [
      'cut within its stream',
      { end: 'cut', httpStatus: 200, errorCode: 'upstream-failed', errorMessage: 'x' },
      '',
      'x',
    ],
  ])('of a call that was %s is a failure', (_what, changes, code, message) => {
    expect(line(changes)).toMatchObject({
      status: 'failure',
      status_fields: { llm_api_status: 'failure' },
      error_str: message,
      error_information: { error_code: code, error_class: 'GatewayError', error_message: message },
    });
  });

  test('of a caller whom nobody knows names nobody', () => {
    const payer = { ...call.payer, keyHash: '', userId: undefined };
    expect(line({ payer, modelId: undefined, usage: undefined, requestedModel: '' })).toMatchObject({
      model: '',
      model_group: null,
      custom_llm_provider: null,
      total_tokens: 0,
      metadata: { user_api_key_hash: null, user_api_key_user_id: null, usage_object: {} },
    });
  });

  test('has what was said where it is given, and stands where the answer cannot be put together', () => {
    const content = { messages: [{ role: 'user', content: 'Hello' }], answer: () => ({ choices: [] }) };
    expect(line({ content })).toMatchObject({ messages: content.messages, response: { choices: [] } });
    const broken = () => {
      throw new Error('no answer');
    };
    expect(line({ content: { ...content, answer: broken } })).toMatchObject({
      messages: content.messages,
      response: null,
    });
  });

  test('keeps an error of any length short', () => {
    const errorMessage = 'x'.repeat(10_000);
    expect(line({ end: 'refused', httpStatus: 400, errorMessage }).error_str).toHaveLength(2_000);
  });
});

test.each([
  ['chat', 'acompletion'],
  ['embeddings', 'aembedding'],
  ['responses', 'aresponses'],
  ['messages', 'anthropic_messages'],
  ['converse', 'allm_passthrough_route'],
])('%s has LiteLLM’s word for it: %s', (operation, word) => {
  expect(line({ operation }).call_type).toBe(word);
});

/** Quotes, control characters, letters of any plane, and halves of some. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('"', '\\', '\n', '\u2028', '\ud83d', '😀', '\0', 'a') }),
);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const moment = fc.integer({ min: 0, max: 8.64e15 });
const usage = fc.record(
  {
    inputTokens: fc.nat(),
    outputTokens: fc.nat(),
    cacheReadTokens: fc.nat(),
    cacheWriteTokens: fc.nat(),
    reasoningTokens: fc.nat(),
  },
  { requiredKeys: [] },
);
const payer = fc.record({
  keyHash: text,
  keyAlias: optional(text),
  userId: optional(text),
  teamId: optional(text),
  teamAlias: optional(text),
  organizationId: optional(text),
  projectId: optional(text),
  endUserId: optional(text),
  tags: fc.array(text),
  accessGroups: fc.array(text),
});
const content = fc.record({
  messages: fc.option(fc.jsonValue(), { nil: undefined }),
  answer: fc.oneof(
    fc.jsonValue().map((value) => () => value),
    fc.constant(() => {
      throw new Error('no answer');
    }),
  ),
});
const calls: fc.Arbitrary<LoggedCall> = fc.record({
  requestId: text,
  answerId: text,
  operation: fc.oneof(text, fc.constantFrom('chat', 'embeddings', 'responses', 'messages', 'converse')),
  endpoint: text,
  stream: fc.boolean(),
  startedAtMs: moment,
  firstByteAtMs: optional(moment),
  endedAtMs: moment,
  end: fc.constantFrom('delivered', 'cut', 'refused'),
  httpStatus: fc.constantFrom(0, 200, 400, 429, 500),
  requestedModel: text,
  modelId: optional(text),
  region: optional(text),
  deploymentId: optional(text),
  payer,
  userEmail: optional(text),
  errorCode: optional(fc.constantFrom(...errorCodes)),
  errorMessage: optional(fc.oneof(text, fc.constant('é'.repeat(3_000)))),
  usage: optional(usage),
  isEstimate: fc.boolean(),
  costNanoUsd: fc.bigInt({ min: 0n, max: 10n ** 15n }),
  stopReason: optional(text),
  sessionId: optional(text),
  prompt: optional(fc.record({ promptId: text, version: text, variant: text })),
  upstreamRequestId: optional(text),
  content: optional(content),
});

test('of any call is one line, and the same value as field by field', () => {
  fc.assert(
    fc.property(calls, (each) => {
      const plain: unknown = JSON.parse(JSON.stringify(plainRequestLogLine(each)));
      // The second is made of texts that are kept for the payer.
      for (const made of [requestLogLine(each), requestLogLine({ ...each })]) {
        expect(made).not.toContain('\n');
        expect(JSON.parse(made)).toEqual(plain);
      }
    }),
  );
});
