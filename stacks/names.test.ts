import { RemovalPolicy } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { removalPolicyOf, uniqueName } from './names.ts';

describe('names', () => {
  test.each([
    ['prod', 'us-east-1', 'operators'],
    ['test', 'us-east-1', 'operators-test'],
    ['prod', 'eu-west-1', 'operators-eu-west-1'],
    ['test', 'eu-west-1', 'operators-test-eu-west-1'],
  ])('stage %s in %s: %s', (stage, region, name) => {
    expect(uniqueName('operators', { stage, region })).toBe(name);
  });

  test('production keeps its data', () => {
    expect(removalPolicyOf({ isProduction: true })).toBe(RemovalPolicy.RETAIN);
    expect(removalPolicyOf({ isProduction: false })).toBe(RemovalPolicy.DESTROY);
  });
});
