import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { expect, test } from 'vitest';
import { parseEnvironment, quoteForEnvironment, readEnvironment } from './environment-files.ts';
import { unknownVariables } from './variable-names.ts';

/** What people write; dotenv is what SST reads them with. */
test.each([
  'A=1',
  'A = 1 ',
  "A='x # y'",
  'A="x # y"',
  'A=x # a comment',
  '# only a comment\nA=1',
  'export A=1',
  'A=',
  'A=""',
  'A=1\nA=2',
  'A=x=y',
  `A='[{"name":"main","audiences":["a b"]}]'`,
  'A=`it\'s "so"`',
  'A=eu-west-1a, eu-west-1b',
  '\n\nA=1\r\nB=2\r\n',
])('%j is read as SST reads it', (text) => {
  expect(parseEnvironment(text)).toEqual(parse(text));
});

test.each([
  'true',
  'db.t4g.small',
  'arn:aws:acm:us-east-1:111122223333:certificate/1',
  'a b',
  'x#y',
  "it's",
  '[{"name":"main"}]',
  'sk-"quoted"\\n',
  'cost$5',
  '`',
])('%j is written so that it is read again', (value) => {
  const text = `A=${quoteForEnvironment(value)}\nB=2\n`;
  expect(parse(text)).toEqual({ A: value, B: '2' });
  expect(parseEnvironment(text)).toEqual({ A: value, B: '2' });
});

test.each(['two\nlines', '\'"`'])('%j is not written', (value) => {
  expect(quoteForEnvironment(value)).toBe(undefined);
});

test("the files go before the environment, a stage's before those of all", () => {
  const folder = mkdtempSync(join(tmpdir(), 'environment-'));
  writeFileSync(join(folder, '.env'), 'A=file\nB=file\nC=file\nD=file\n');
  writeFileSync(join(folder, '.env.local'), 'B=local\n');
  writeFileSync(join(folder, '.env.prod'), 'C=stage\nD=stage\n');
  writeFileSync(join(folder, '.env.prod.local'), 'D=\n');
  writeFileSync(join(folder, '.env.other'), 'A=other\n');
  const env = { A: 'process', E: 'process' };
  const expected = { A: 'file', B: 'local', C: 'stage', D: '', E: 'process' };
  expect(readEnvironment({ folder, stage: 'prod', env })).toEqual(expected);
});

test.each([
  ['USE_CLOUDFRNT', 'Did you mean USE_CLOUDFRONT?'],
  ['use_route53', 'Did you mean USE_ROUTE53?'],
  ['LOG_LEVELS', 'Did you mean LOG_LEVEL?'],
  ['EXISTING_VPCID', 'Did you mean EXISTING_VPC_ID?'],
  ['SOMETHING_OF_MINE', 'docs/deployment-variables.md'],
])('%s is noticed', (name, says) => {
  expect(unknownVariables([name])).toEqual([expect.stringContaining(says)]);
});

test('known names, and those of others, are let be', () => {
  const names = ['USE_CLOUDFRONT', 'OPENAI_API_KEY', 'OIDC_ISSUERS', 'AWS_PROFILE', 'SST_TELEMETRY_DISABLED'];
  expect(unknownVariables(names)).toEqual([]);
});
