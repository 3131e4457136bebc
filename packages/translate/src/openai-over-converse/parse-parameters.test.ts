import { describe, expect, test } from 'vitest';
import { refusal } from '../test-support/refusal.ts';
import { checkParameters } from './parse-parameters.ts';

const schema = (fields: object) => ({
  response_format: { type: 'json_schema', json_schema: { name: 'n', schema: {}, ...fields } },
});
const guardrailConfig = { guardrailIdentifier: 'abc', guardrailVersion: '1' };

describe('what is wrong is named', () => {
  test.each([
    ['stream', { stream: 1 }, 'stream'],
    ['stream_options', { stream_options: { include_usage: 'yes' } }, 'stream_options.include_usage'],
    ['max_tokens', { max_tokens: 0 }, 'max_tokens'],
    ['max_completion_tokens', { max_completion_tokens: 1.5 }, 'max_completion_tokens'],
    ['temperature', { temperature: -1 }, 'temperature'],
    ['top_p', { top_p: 2 }, 'top_p'],
    ['top_k', { top_k: 0.5 }, 'top_k'],
    ['stop', { stop: [1] }, 'stop'],
    ['frequency_penalty', { frequency_penalty: 3 }, 'frequency_penalty'],
    ['presence_penalty', { presence_penalty: '1' }, 'presence_penalty'],
    ['logit_bias', { logit_bias: [] }, 'logit_bias'],
    ['logprobs', { logprobs: 1 }, 'logprobs'],
    ['top_logprobs', { top_logprobs: 21 }, 'top_logprobs'],
    ['seed', { seed: 0.1 }, 'seed'],
    ['parallel_tool_calls', { parallel_tool_calls: 0 }, 'parallel_tool_calls'],
    ['user', { user: {} }, 'user'],
    ['safety_identifier', { safety_identifier: 1 }, 'safety_identifier'],
    ['prompt_cache_key', { prompt_cache_key: 1 }, 'prompt_cache_key'],
    ['store', { store: 'no' }, 'store'],
    ['metadata', { metadata: 'a=b' }, 'metadata'],
    ['modalities', { modalities: 'text' }, 'modalities'],
    ['reasoning_effort', { reasoning_effort: 'lots' }, 'reasoning_effort'],
    ['verbosity', { verbosity: 'loud' }, 'verbosity'],
    ['service_tier', { service_tier: 1 }, 'service_tier'],
    ['prediction', { prediction: 'x' }, 'prediction'],
    ['web_search_options', { web_search_options: true }, 'web_search_options'],
    ['response_format', { response_format: 'json_object' }, 'response_format'],
    ['response_format without type', { response_format: {} }, 'response_format.type'],
    ['another kind of format', { response_format: { type: 'grammar' } }, 'response_format.type'],
    ['no json_schema', { response_format: { type: 'json_schema' } }, 'response_format.json_schema'],
    ['a schema without name', schema({ name: undefined }), 'response_format.json_schema.name'],
    ['a name with blanks', schema({ name: 'a b' }), 'response_format.json_schema.name'],
    ['a long name', schema({ name: 'x'.repeat(65) }), 'response_format.json_schema.name'],
    ['a schema that is a text', schema({ schema: '{}' }), 'response_format.json_schema.schema'],
    ['strict that is a text', schema({ strict: 'yes' }), 'response_format.json_schema.strict'],
    ['a description that is a number', schema({ description: 1 }), 'response_format.json_schema.description'],
    ['thinking', { thinking: true }, 'thinking'],
    ['thinking without type', { thinking: { budget_tokens: 2_000 } }, 'thinking.type'],
    ['another kind of thinking', { thinking: { type: 'on' } }, 'thinking.type'],
    ['a budget of 0', { thinking: { type: 'enabled', budget_tokens: 0 } }, 'thinking.budget_tokens'],
    ['another display', { thinking: { type: 'adaptive', display: 'full' } }, 'thinking.display'],
    ['reasoning', { reasoning: 'high' }, 'reasoning'],
    ['another effort', { reasoning: { effort: 'more' } }, 'reasoning.effort'],
    ['reasoning tokens', { reasoning: { max_tokens: -1 } }, 'reasoning.max_tokens'],
    ['reasoning enabled', { reasoning: { enabled: 1 } }, 'reasoning.enabled'],
    ['reasoning excluded', { reasoning: { exclude: 1 } }, 'reasoning.exclude'],
    ['output_config', { output_config: 'low' }, 'output_config'],
    ['its effort', { output_config: { effort: 'minimal' } }, 'output_config.effort'],
    ['anthropic_beta', { anthropic_beta: [1] }, 'anthropic_beta'],
    ['performanceConfig', { performanceConfig: { latency: 'fast' } }, 'performanceConfig.latency'],
    ['guardrailConfig', { guardrailConfig: 'abc' }, 'guardrailConfig'],
    [
      'a guardrail without version',
      { guardrailConfig: { guardrailIdentifier: 'abc' } },
      'guardrailConfig.guardrailVersion',
    ],
    ['a guardrail without id', { guardrailConfig: { guardrailVersion: '1' } }, 'guardrailConfig.guardrailIdentifier'],
    [
      'a wrong id',
      { guardrailConfig: { ...guardrailConfig, guardrailIdentifier: 'A B' } },
      'guardrailConfig.guardrailIdentifier',
    ],
    [
      'a wrong version',
      { guardrailConfig: { ...guardrailConfig, guardrailVersion: '0' } },
      'guardrailConfig.guardrailVersion',
    ],
    ['a wrong trace', { guardrailConfig: { ...guardrailConfig, trace: true } }, 'guardrailConfig.trace'],
    [
      'a wrong mode',
      { guardrailConfig: { ...guardrailConfig, streamProcessingMode: 'x' } },
      'guardrailConfig.streamProcessingMode',
    ],
    ['requestMetadata', { requestMetadata: { a: 1 } }, 'requestMetadata'],
    ['paths', { additionalModelResponseFieldPaths: ['stop_sequence'] }, 'additionalModelResponseFieldPaths'],
    ['eleven paths', { additionalModelResponseFieldPaths: Array(11).fill('/a') }, 'additionalModelResponseFieldPaths'],
  ])('%s', (_rule, body, param) => {
    expect(refusal(() => checkParameters(body))).toBe(`invalid-request ${param}`);
  });
});

describe('what passes', () => {
  test.each([
    ['nothing', {}],
    ['null everywhere', { stream: null, response_format: null, thinking: null, guardrailConfig: null, metadata: null }],
    [
      'a guardrail by its ARN',
      {
        guardrailConfig: {
          guardrailIdentifier: 'arn:aws:bedrock:eu-west-1:123456789012:guardrail/a1',
          guardrailVersion: 'DRAFT',
        },
      },
    ],
    ['thinking without a budget', { thinking: { type: 'enabled', budget_tokens: null } }],
    ['a schema', schema({ strict: null, description: null })],
    ['a schema that is not given', schema({ schema: null })],
    ['paths', { additionalModelResponseFieldPaths: ['/stop_sequence', '/a/b'] }],
    ['fields of other people', { my_field: {}, constructor: 1 }],
  ])('%s', (_rule, body) => {
    expect(() => checkParameters(body)).not.toThrow();
  });
});
