import { describe, expect, test } from 'vitest';
import { allReferredTo, referredTo, resolveTemplates } from './resolve.ts';
import type { Templates } from './templates.ts';

const place = { account: '111122223333', region: 'eu-west-1' };

function resolved(value: unknown, more: Partial<Templates[string]> = {}, others: Templates = {}): unknown {
  const templates = { ...others, here: { ...more, Resources: { It: { Type: 'T', Properties: { value } } } } };
  return [...resolveTemplates(templates, place).values()].find((each) => each.id === 'here/It')?.properties['value'];
}

describe('intrinsic functions', () => {
  const rows: [string, unknown, unknown][] = [
    ['a Ref names stack and resource', { Ref: 'Vpc' }, '‹here/Vpc›'],
    ['an attribute too', { 'Fn::GetAtt': ['Vpc', 'CidrBlock'] }, '‹here/Vpc.CidrBlock›'],
    [
      'pseudo parameters are known',
      { 'Fn::Join': [':', ['arn', { Ref: 'AWS::Partition' }, { Ref: 'AWS::Region' }]] },
      'arn:aws:eu-west-1',
    ],
    [
      'Sub knows references, attributes and its own',
      { 'Fn::Sub': [`\${AWS::Region} \${Vpc} \${Vpc.Id} \${Own} \${!Kept}`, { Own: 'x' }] },
      `eu-west-1 ‹here/Vpc› ‹here/Vpc.Id› x \${Kept}`,
    ],
    ['Select of Split', { 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b/c'] }] }, 'b'],
    [
      'Split does not cut a reference',
      { 'Fn::Split': ['/', { 'Fn::Join': ['', ['a/', { Ref: 'Vpc' }]] }] },
      ['a', '‹here/Vpc›'],
    ],
    ['Select of what only AWS knows', { 'Fn::Select': [1, { Ref: 'Names' }] }, '‹Select 1 of here/Names›'],
    ['zones', { 'Fn::Select': [1, { 'Fn::GetAZs': '' }] }, 'eu-west-1b'],
    ['what has no value is left out', { a: { Ref: 'AWS::NoValue' }, b: [{ Ref: 'AWS::NoValue' }, 1] }, { b: [1] }],
  ];
  test.each(rows)('%s', (_name, value, expected) => expect(resolved(value)).toEqual(expected));

  test('a condition chooses', () => {
    const Conditions = { IsIreland: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] } };
    expect(resolved({ 'Fn::If': ['IsIreland', 'yes', 'no'] }, { Conditions })).toBe('yes');
  });

  test('a map is looked up', () => {
    const Mappings = { Images: { 'eu-west-1': { arm: 'ami-1' } } };
    expect(resolved({ 'Fn::FindInMap': ['Images', { Ref: 'AWS::Region' }, 'arm'] }, { Mappings })).toBe('ami-1');
  });
});

test('an export is the resource of the other stack', () => {
  const network = {
    Resources: { Vpc: { Type: 'AWS::EC2::VPC' } },
    Outputs: { VpcOut: { Value: { Ref: 'Vpc' }, Export: { Name: 'test-network:Vpc' } } },
  };
  expect(resolved({ 'Fn::ImportValue': 'test-network:Vpc' }, {}, { network })).toBe('‹network/Vpc›');
});

test('an import that nobody exports is a fault', () => {
  expect(() => resolved({ 'Fn::ImportValue': 'nowhere' })).toThrow(/nothing exports it/);
});

test('a nested stack is seen through, both ways', () => {
  const templates = {
    outer: {
      Resources: {
        Inner: { Type: 'AWS::CloudFormation::Stack', Properties: { Parameters: { Given: { Ref: 'Vpc' } } } },
        Asks: { Type: 'T', Properties: { value: { 'Fn::GetAtt': ['Inner', 'Outputs.Role'] } } },
      },
    },
    'outer/Inner': {
      Parameters: { Given: { Type: 'String' } },
      Resources: { Uses: { Type: 'T', Properties: { value: { Ref: 'Given' } } } },
      Outputs: { Role: { Value: { 'Fn::GetAtt': ['Uses', 'Arn'] } } },
    },
  };
  const values = new Map(
    [...resolveTemplates(templates, place).values()].map((each) => [each.id, each.properties['value']]),
  );
  expect(values.get('outer/Inner/Uses')).toBe('‹outer/Vpc›');
  expect(values.get('outer/Asks')).toBe('‹outer/Inner/Uses.Arn›');
});

test('references are found again', () => {
  expect(referredTo('‹network/Vpc.CidrBlock›')).toBe('network/Vpc');
  expect(referredTo('sg-0123')).toBeUndefined();
  expect(referredTo('a ‹network/Vpc›')).toBeUndefined();
  expect(allReferredTo('arn:‹a/B.Arn›/‹c/D›')).toEqual(['a/B', 'c/D']);
});
