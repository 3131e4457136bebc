import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

/** SST's command line and npm's are not ours, so stand-ins are found before them: they note how they were called, and can fail. */
const standIn = `#!${process.execPath}
const { appendFileSync, mkdirSync, writeFileSync, existsSync } = require('node:fs');
const args = process.argv.slice(2);
const passes = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('GATEWAY_PASS')));
appendFileSync('calls', JSON.stringify({ args: [process.argv[1].replace(/.*\\//, ''), ...args], ...passes }) + '\\n');
if (existsSync('fails')) process.exit(3);
if (existsSync('silent')) process.exit(0);
const told = passes.GATEWAY_PASS === 'global';
mkdirSync('.sst', { recursive: true });
writeFileSync('.sst/outputs.json', JSON.stringify({ one: {}, two: told ? { CloudFrontWebAclArn: 'arn:the-acl' } : {} }));
`;
const repository = join(import.meta.dirname, '..');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deploy-'));
  mkdirSync(join(folder, 'bin'));
  for (const program of ['sst', 'npm']) {
    writeFileSync(join(folder, 'bin', program), standIn, { mode: 0o755 });
  }
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Run {
  readonly code: number | null;
  readonly said: string;
  readonly calls: readonly Readonly<Record<string, unknown>>[];
}

async function deploy(args: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<Run> {
  writeFileSync(
    join(folder, '.env.dev'),
    Object.entries(variables)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(repository, 'scripts/deploy.ts'), ...args],
    {
      cwd: folder,
      env: { PATH: [join(folder, 'bin'), dirname(process.execPath)].join(delimiter) },
    },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += String(chunk);
    });
  }
  const code = await new Promise<number | null>((settle) => child.on('close', settle));
  const calls = join(folder, 'calls');
  const lines = existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : [];
  return { code, said, calls: lines.map((line) => JSON.parse(line) as Run['calls'][number]) };
}

const there = ['--stage', 'dev', '--region', 'eu-west-1'];
const sst = (command: string, region: string, pass: Readonly<Record<string, string>> = {}) => ({
  args: ['sst', command, '--stage', 'dev', '--region', region],
  ...pass,
});
const global = { GATEWAY_PASS: 'global', GATEWAY_PASS_REGION: 'eu-west-1', GATEWAY_PASS_WEB_ACL_ARN: '' };
const main = (arn: string) => ({
  GATEWAY_PASS: 'main',
  GATEWAY_PASS_REGION: 'eu-west-1',
  GATEWAY_PASS_WEB_ACL_ARN: arn,
});

const acl = 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/mine/11111111-1111-1111-1111-111111111111';
const ownZone = {
  ...{ USE_CLOUDFRONT: 'false', USE_ROUTE53: 'true', HOSTED_ZONE_NAME: 'example.com', RECORD_NAME: 'ai.example.com' },
  CERTIFICATE_ARN: 'arn:aws:acm:eu-west-1:111122223333:certificate/11111111-1111-1111-1111-111111111111',
};

describe('npm run deploy', () => {
  test.each([
    [
      'takes two passes behind CloudFront',
      {},
      [sst('deploy', 'us-east-1', global), sst('deploy', 'eu-west-1', main('arn:the-acl'))],
    ],
    [
      'does so where the web ACL is only wished for',
      { CLOUDFRONT_WAF: 'true' },
      [sst('deploy', 'us-east-1', global), sst('deploy', 'eu-west-1', main('arn:the-acl'))],
    ],
    [
      'takes one with a web ACL of one’s own',
      { CLOUDFRONT_WAF: 'true', CLOUDFRONT_WEB_ACL_ARN: acl },
      [sst('deploy', 'eu-west-1')],
    ],
    ['takes one where no web ACL is wanted', { CLOUDFRONT_WAF: 'false' }, [sst('deploy', 'eu-west-1')]],
    ['takes one without CloudFront', ownZone, [sst('deploy', 'eu-west-1')]],
  ])('%s', async (_name, variables, calls) => {
    const run = await deploy(there, variables);
    expect(run).toMatchObject({ code: 0, calls });
    expect(run.said).toContain('npm run first-key -- --stage dev --region eu-west-1');
  });

  test('stores the keys of providers at the end, and says none', async () => {
    const run = await deploy(there, { ...ownZone, OPENAI_API_KEY: 'sk-very-secret' });
    const keys = ['npm', 'run', 'provider-keys', '--', '--stage', 'dev', '--region', 'eu-west-1'];
    expect(run).toMatchObject({ code: 0, calls: [sst('deploy', 'eu-west-1'), { args: keys }] });
    expect(run.said).toContain('OPENAI_API_KEY');
    expect(run.said).not.toContain('sk-very-secret');
  });

  test('deploys nothing that contradicts itself, and says which variable does', async () => {
    const run = await deploy(there, { PUBLIC_LOAD_BALANCER: 'false' });
    expect(run).toMatchObject({ code: 1, calls: [] });
    expect(run.said).toMatch(/PUBLIC_LOAD_BALANCER[\s\S]*Mend: /);
  });

  test('stops when a pass fails', async () => {
    writeFileSync(join(folder, 'fails'), '');
    const run = await deploy(there);
    expect(run).toMatchObject({ code: 1, calls: [sst('deploy', 'us-east-1', global)] });
    expect(run.said).toContain('sst deploy --stage dev --region us-east-1 ended with 3.');
  });

  test('makes no distribution without its web ACL, nor with one of an earlier deployment', async () => {
    writeFileSync(join(folder, 'silent'), '');
    mkdirSync(join(folder, '.sst'));
    writeFileSync(join(folder, '.sst/outputs.json'), JSON.stringify({ old: { CloudFrontWebAclArn: 'arn:old' } }));
    const run = await deploy(there);
    expect(run).toMatchObject({ code: 1, calls: [sst('deploy', 'us-east-1', global)] });
    expect(run.said).toContain('dev-genai-gateway-global-eu-west-1');
  });

  test('prints what it would do, and does nothing', async () => {
    const run = await deploy([...there, '--dry-run']);
    expect(run).toMatchObject({ code: 0, calls: [] });
    expect(run.said.split('\n').filter((line) => line.includes('sst deploy'))).toEqual([
      'GATEWAY_PASS=global GATEWAY_PASS_REGION=eu-west-1 sst deploy --stage dev --region us-east-1',
      'GATEWAY_PASS=main GATEWAY_PASS_REGION=eu-west-1 GATEWAY_PASS_WEB_ACL_ARN=<CloudFrontWebAclArn of the first pass> sst deploy --stage dev --region eu-west-1',
    ]);
  });

  test('wants a stage', async () => {
    expect(await deploy([])).toMatchObject({ code: 1, calls: [], said: expect.stringContaining('--stage') });
  });
});

describe('npm run remove', () => {
  test.each([
    [
      'lets go of the web ACL before it deletes it',
      {},
      [sst('remove', 'eu-west-1', main('')), sst('remove', 'us-east-1', global)],
    ],
    ['removes what it deployed in one pass in one', ownZone, [sst('remove', 'eu-west-1')]],
  ])('%s', async (_name, variables, calls) => {
    expect(await deploy([...there, '--remove'], variables)).toMatchObject({ code: 0, calls });
  });
});
