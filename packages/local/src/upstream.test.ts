import { expect, it } from 'vitest';
import { simulatorCredentials, upstreamEnvironment } from './upstream.ts';

const real = { AWS_ACCESS_KEY_ID: 'REAL', AWS_SESSION_TOKEN: 'REAL', AWS_PROFILE: 'REAL', HOME: '/h' };

it('never gives real credentials to the simulator', () => {
  const env = upstreamEnvironment({ kind: 'simulator' }, { ...real, AWS_ENDPOINT_URL: 'http://other' }, 'http://sim');
  expect(env).toEqual({
    HOME: '/h',
    AWS_ACCESS_KEY_ID: simulatorCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: simulatorCredentials.secretAccessKey,
    AWS_REGION: 'us-east-1',
    BEDROCK_AGENT_ENDPOINT_URL: 'http://sim',
    BEDROCK_ENDPOINT_URL: 'http://sim',
    BEDROCK_RUNTIME_ENDPOINT_URL: 'http://sim',
  });
});

it('takes nothing away for AWS', () => {
  const env = upstreamEnvironment({ kind: 'aws' }, { ...real, AWS_DEFAULT_REGION: 'eu-west-1' }, undefined);
  expect(env).toEqual({ ...real, AWS_DEFAULT_REGION: 'eu-west-1', AWS_REGION: 'eu-west-1' });
});

it('signs for a URL with the credentials of the environment', () => {
  const env = upstreamEnvironment({ kind: 'url', url: 'http://u' }, real, undefined);
  expect(env).toMatchObject({ ...real, BEDROCK_ENDPOINT_URL: 'http://u', BEDROCK_RUNTIME_ENDPOINT_URL: 'http://u' });
});

it('signs for a URL with the well-known ones when there are none', () => {
  const env = upstreamEnvironment({ kind: 'url', url: 'http://u' }, { AWS_REGION: 'eu-north-1' }, undefined);
  expect(env).toMatchObject({ AWS_ACCESS_KEY_ID: simulatorCredentials.accessKeyId, AWS_REGION: 'eu-north-1' });
});
