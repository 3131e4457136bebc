import { describe, expect, test } from 'vitest';
import { deploymentId } from './deployment-id.ts';

type Fields = Readonly<Record<string, unknown>>;
const idOf = (params: Fields, info: Fields = {}, env: Record<string, string> = {}) =>
  deploymentId('fast', params, info, env);

describe('the id of a deployment of the file is that which LiteLLM gives it', () => {
  // The ids were given by Router.generate_model_id of LiteLLM 1.106.2 for the same values in Python, on 2026-11-23.
  test.each<[string, Fields, string]>([
    [
      'text',
      { model: 'bedrock/us.amazon.nova-lite-v1:0', aws_region_name: 'us-east-1' },
      'e67e41a397006eeab48e4d2f9706c0cb1b1a482050db84d084d75488c861270b',
    ],
    [
      'everything that YAML can say alike in both languages',
      {
        model: 'bedrock/x',
        drop_params: true,
        max_retries: 2,
        tags: ['a', 'b'],
        x: null,
        extra: { a: [1, 'ü'], b: { c: false } },
        mixed: [{ a: null }],
      },
      'c1b6255bb3ae590be18cc46acd08e5bfa83c75638ac223ed6f6b83cd3e3ce870',
    ],
  ])('%s', (_rule, params, expected) => {
    expect(idOf(params)).toBe(expected);
  });

  test('variables count by their values', () => {
    expect(idOf({ model: 'os.environ/MODEL' }, {}, { MODEL: 'bedrock/x' })).toBe(idOf({ model: 'bedrock/x' }));
  });

  test.each<[string, Fields]>([
    ['a variable that is not set here', { api_key: 'os.environ/KEY' }],
    ['a fraction, of which YAML keeps no spelling', { input_cost_per_token: 3e-6 }],
    ['one within a list', { tags: [0.5] }],
    ['one within a mapping', { extra: { a: 0.5 } }],
    ['text in a list that Python prints in its own way', { tags: ["it's"] }],
  ])('rather none than a wrong one: %s', (_rule, params) => {
    expect(idOf(params)).toBeUndefined();
  });

  test('the one that is written goes before all', () => {
    expect(idOf({ cost: 0.5 }, { id: 7 })).toBe('7');
  });
});
