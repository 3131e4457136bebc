import { expect, test } from 'vitest';
import { deploymentPass, globalPass, mainPass } from './passes.ts';

const arn = 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/x/11111111-1111-1111-1111-111111111111';
/** As a `.env` file would have it. */
const wanted = { CLOUDFRONT_WAF: 'true', CLOUDFRONT_WEB_ACL_ARN: '', STAGE_OF_MINE: 'x' };

test.each([
  ['sst deploy', 'eu-west-1', wanted, 'main', wanted],
  ['the global pass', 'us-east-1', { ...wanted, ...globalPass('eu-west-1') }, 'global', { CLOUDFRONT_WAF: '' }],
  [
    'the main pass',
    'eu-west-1',
    { ...wanted, ...mainPass('eu-west-1', arn) },
    'main',
    { CLOUDFRONT_WAF: 'true', CLOUDFRONT_WEB_ACL_ARN: arn },
  ],
  [
    'the main pass without an ACL',
    'eu-west-1',
    { ...wanted, ...mainPass('eu-west-1', undefined) },
    'main',
    { CLOUDFRONT_WAF: '', CLOUDFRONT_WEB_ACL_ARN: '' },
  ],
])('%s', (_name, region, env, kind, expected) => {
  const pass = deploymentPass({ region, env });
  expect(pass).toMatchObject({ kind, region: 'eu-west-1' });
  expect(pass.env).toMatchObject({ STAGE_OF_MINE: 'x', ...expected });
});

test.each([
  ['the global pass elsewhere', 'eu-west-1', globalPass('eu-west-1')],
  ['the global pass of nowhere', 'us-east-1', { GATEWAY_PASS: 'global' }],
  ['the main pass of another region', 'us-east-1', mainPass('eu-west-1', arn)],
  ['a pass that there is not', 'eu-west-1', { GATEWAY_PASS: 'second' }],
])('%s is refused', (_name, region, env) => {
  expect(() => deploymentPass({ region, env })).toThrow(/GATEWAY_PASS=/);
});
