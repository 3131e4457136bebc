import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { expect, it } from 'vitest';
import { outputNames } from './output-names.ts';
import { buildOutputs } from './outputs.ts';
import { standInData, standInEdge, standInFunctions } from './testing/parts.ts';

const service = { name: 'gateway', logGroupName: '/gateway', logFields: '$' } as const;

it('every output of the list is there, and the master key is named, not shown', () => {
  const stack = new Stack(new App(), 'X', { env: { account: '111122223333', region: 'eu-west-1' } });
  const compute = { platform: 'ecs', clusterName: 'gateway', gateway: service, litellm: service } as const;
  const functions = standInFunctions(stack);
  buildOutputs(stack, { data: standInData(stack), edge: standInEdge(stack), compute, functions });
  const outputs = Template.fromStack(stack).findOutputs('*');
  expect(Object.keys(outputs).sort()).toEqual(Object.values(outputNames).sort());
  expect(JSON.stringify(outputs)).not.toContain('resolve:secretsmanager');
});
