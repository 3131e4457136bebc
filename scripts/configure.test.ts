import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseEnvironment } from '@genai-gateway/config';
import { describe, expect, test } from 'vitest';
import { changeEnvironment } from './configure/env-file.ts';

const script = resolve(import.meta.dirname, 'configure.ts');
const newFolder = () => mkdtempSync(join(tmpdir(), 'configure-'));

interface Outcome {
  readonly code: number | null;
  readonly said: string;
}

/** Runs the command with answers on its standard input, in an environment of its own. */
async function configure(
  folder: string,
  args: readonly string[],
  answers: readonly string[] = [],
  env = {},
): Promise<Outcome> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', script, '--folder', folder, ...args],
    {
      env: { PATH: process.env['PATH'], ...env },
      cwd: folder,
    },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stdin.end(answers.map((each) => `${each}\n`).join(''));
  const code = await new Promise<number | null>((done) => child.on('close', done));
  return { code, said };
}

const written = (folder: string, file = '.env') => parseEnvironment(readFileSync(join(folder, file), 'utf8'));
const certificate = (region: string) =>
  `arn:aws:acm:${region}:111122223333:certificate/11111111-1111-1111-1111-111111111111`;

/** Takes what is offered for the rest: a new VPC with a way out, ECS, arm, the region's models, no keys, no logins. */
const place = ['dev', 'eu-west-1'];
const networkAnswers = ['', '', ''];
const platformAnswers = ['', ''];
const modelAnswers = ['', '', '', ''];
const operationAnswers = ['ops@example.com', '', ''];
const rest = [...networkAnswers, ...platformAnswers, ...modelAnswers, ...operationAnswers];
const defaults = {
  AWS_REGION: 'eu-west-1',
  VPC_CIDR: '10.0.0.0/16',
  DEPLOYMENT_PLATFORM: 'ECS',
  CPU_ARCHITECTURE: 'arm',
  BEDROCK_MODEL_ACCESS: 'listed',
  ALARM_EMAIL: 'ops@example.com',
  MAX_CAPACITY: '4',
  RDS_INSTANCE_CLASS: 'db.t4g.small',
};
const first = {
  ...defaults,
  USE_CLOUDFRONT: 'true',
  USE_ROUTE53: 'false',
  PUBLIC_LOAD_BALANCER: 'true',
  CLOUDFRONT_VPC_ORIGIN: 'true',
};

describe('each scenario', () => {
  test.each([
    ['1', [...place, '', '', ...rest, ''], first],
    [
      '2',
      [...place, '2', 'example.com', '', 'ai', certificate('us-east-1'), '', 'false', ...rest, 'yes'],
      {
        ...first,
        USE_ROUTE53: 'true',
        HOSTED_ZONE_NAME: 'example.com',
        RECORD_NAME: 'ai',
        CERTIFICATE_ARN: certificate('us-east-1'),
        CLOUDFRONT_VPC_ORIGIN: 'false',
      },
    ],
    [
      '3',
      [...place, '3', 'example.com', 'Z0123EXAMPLE', 'ai', certificate('eu-west-1'), '192.0.2.0/24', ...rest, 'y'],
      {
        ...defaults,
        USE_CLOUDFRONT: 'false',
        USE_ROUTE53: 'true',
        PUBLIC_LOAD_BALANCER: 'true',
        HOSTED_ZONE_NAME: 'example.com',
        HOSTED_ZONE_ID: 'Z0123EXAMPLE',
        RECORD_NAME: 'ai',
        CERTIFICATE_ARN: certificate('eu-west-1'),
        ALLOWED_CIDRS: '192.0.2.0/24',
      },
    ],
    [
      '4',
      [...place, '4', 'example.internal', '', 'ai', certificate('eu-west-1'), '', ...rest, 'true', ''],
      {
        ...defaults,
        USE_CLOUDFRONT: 'false',
        USE_ROUTE53: 'true',
        PUBLIC_LOAD_BALANCER: 'false',
        HOSTED_ZONE_NAME: 'example.internal',
        RECORD_NAME: 'ai',
        CERTIFICATE_ARN: certificate('eu-west-1'),
        JUMP_HOST: 'true',
      },
    ],
  ])('%s is asked for, written for its owner alone, and can be deployed', async (_, answers, expected) => {
    const folder = newFolder();
    const { code, said } = await configure(folder, [], answers);
    expect(said).toContain('npm run deploy -- --stage dev --region eu-west-1');
    expect(code).toBe(0);
    expect(written(folder)).toEqual(expected);
    expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o600);
    expect(await configure(folder, ['--check'])).toMatchObject({ code: 0 });
  });
});

test('a wrong answer is said and asked again; so is a section that contradicts itself', async () => {
  const folder = newFolder();
  const wrong = ['example.com', '', 'ai.example.org', certificate('us-east-1'), '', ''];
  const right = ['example.com', '', 'ai.example.com', certificate('us-east-1'), '', ''];
  const answers = ['Dev', ...place, '7', '2', ...wrong, '', ...right, ...rest, ''];
  const { code, said } = await configure(folder, [], answers);
  expect(said).toContain('The stage "Dev" is not usable');
  expect(said).toContain('Write one of 1, 2, 3, 4.');
  expect(said).toContain('RECORD_NAME is outside of the zone example.com');
  expect(code).toBe(0);
  expect(written(folder)['RECORD_NAME']).toBe('ai.example.com');
});

test('a contradiction between sections has all asked once more', async () => {
  const folder = newFolder();
  const role = 'arn:aws:iam::111122223333:role/kubectl';
  const provider = 'arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC';
  const cluster = ['existing', 'shared', role, provider, 'sg-0123456789abcdef0', '', '', ''];
  const again = ['', '', 'existing', 'vpc-0123456789abcdef0', '', '', ...Array.from({ length: 8 }, () => '')];
  const answers = [...place, '', '', ...networkAnswers, ...cluster, ...modelAnswers, ...operationAnswers];
  const { code, said } = await configure(folder, [], [...answers, ...again, ...modelAnswers, '', '', '', '']);
  expect(said).toContain('EXISTING_VPC_ID is not set, and EXISTING_EKS_CLUSTER_NAME is');
  expect(code).toBe(0);
  expect(written(folder)).toMatchObject({
    EXISTING_VPC_ID: 'vpc-0123456789abcdef0',
    EXISTING_EKS_CLUSTER_NAME: 'shared',
  });
});

test('keys are written and never shown; lines of others stay; what was there is kept beside', async () => {
  const folder = newFolder();
  const file = join(folder, '.env');
  const old =
    '# mine\nMY_OWN=1\nexport USE_ROUTE53=true\nGROQ_API_KEY=gsk-old\nHOSTED_ZONE_NAME=example.com\nLOG_LEVEL=debug\n';
  writeFileSync(file, old);
  chmodSync(file, 0o644);
  const keys = ['', '', 'OPENAI_API_KEY, -GROQ_API_KEY', 'sk-very-secret', ''];
  const answers = [...place, '1', '', ...networkAnswers, ...platformAnswers, ...keys, ...operationAnswers, ''];
  const { code, said } = await configure(folder, [], answers);
  expect(code).toBe(0);
  expect(said).toContain('OPENAI_API_KEY=(not shown)');
  expect(said).not.toMatch(/sk-very-secret|gsk-old/);
  const text = readFileSync(file, 'utf8');
  expect(text).toMatch(/^# mine\nMY_OWN=1\nUSE_ROUTE53=false\nLOG_LEVEL=debug\n/);
  expect(parseEnvironment(text)).toEqual({
    ...first,
    MY_OWN: '1',
    LOG_LEVEL: 'debug',
    OPENAI_API_KEY: 'sk-very-secret',
  });
  const backups = readdirSync(folder).filter((name) => name.endsWith('.backup'));
  expect(backups).toHaveLength(1);
  expect(readFileSync(join(folder, backups[0] ?? ''), 'utf8')).toBe(old);
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
});

test('a file of a stage goes before the one of all, and holds off what is set there', async () => {
  const folder = newFolder();
  writeFileSync(
    join(folder, '.env'),
    `USE_ROUTE53=true\nHOSTED_ZONE_NAME=example.com\nRECORD_NAME=ai\nCERTIFICATE_ARN=${certificate('us-east-1')}\n`,
  );
  const { code } = await configure(folder, ['--stage', 'test'], ['eu-west-1', '1', '', ...rest, '']);
  expect(code).toBe(0);
  expect(written(folder, '.env.test')).toMatchObject({ USE_ROUTE53: 'false', RECORD_NAME: '', CERTIFICATE_ARN: '' });
  expect(await configure(folder, ['--check', '--stage', 'test', '--region', 'eu-west-1'])).toMatchObject({ code: 0 });
});

test('nothing is written when the answers end, or when it is not wished', async () => {
  const folder = newFolder();
  expect(await configure(folder, [], place)).toMatchObject({ code: 1 });
  expect(await configure(folder, [], [...place, '', '', ...rest, 'no'])).toMatchObject({ code: 1 });
  expect(readdirSync(folder)).toEqual([]);
});

test('answers may start from a file, such as that of the original', async () => {
  const folder = newFolder();
  const original = join(folder, 'original.env');
  writeFileSync(original, 'LITELLM_VERSION="main-v1.106.2-stable"\nHOSTED_ZONE_NAME=""\nMAX_CAPACITY="3"\n');
  const { code } = await configure(folder, ['--from', original], [...place, '', '', ...rest, '']);
  expect(code).toBe(0);
  expect(written(folder)).toMatchObject({ MAX_CAPACITY: '3', LITELLM_VERSION: 'main-v1.106.2-stable' });
});

describe('the check', () => {
  test('names misspelt variables and everything that is wrong', async () => {
    const folder = newFolder();
    writeFileSync(
      join(folder, '.env'),
      'USE_CLOUDFRNT=false\nOPENAI_API_KEY=sk-secret\nDISABLE_OUTBOUND_NETWORK_ACCESS=true\n',
    );
    const { code, said } = await configure(folder, ['--check']);
    expect(code).toBe(1);
    expect(said).toContain('Did you mean USE_CLOUDFRONT?');
    expect(said).toContain('- OPENAI_API_KEY is set, and DISABLE_OUTBOUND_NETWORK_ACCESS is true');
    expect(said).not.toContain('sk-secret');
  });

  test('reads one file alone when it is named', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, '.env'), 'USE_CLOUDFRONT=perhaps\n');
    writeFileSync(join(folder, 'other'), 'USE_CLOUDFRONT=true\n');
    expect(await configure(folder, ['--check', '--from', 'other'], [], { USE_CLOUDFRONT: 'x' })).toMatchObject({
      code: 0,
    });
    expect(await configure(folder, ['--check', '--from', 'nowhere'])).toMatchObject({ code: 2 });
    expect(await configure(folder, ['--checked'])).toMatchObject({ code: 2 });
  });
});

test.each([
  ['A=1\n', { A: '2' }, 'A=2\n'],
  ['A=1\nB=2\nA=3\n', { A: '4' }, 'A=4\nB=2\n'],
  ['A=1\nB=2', { A: undefined }, 'B=2\n'],
  ['', { A: 'x y' }, "A='x y'\n"],
  ['# A=1\n\n', { A: '' }, '# A=1\n\nA=\n'],
])('%j with %j is %j', (text, changes, expected) => {
  expect(changeEnvironment(text, changes)).toBe(expected);
});

test('a value over several lines is not torn apart', () => {
  expect(() => changeEnvironment('A="x\ny"\n', { A: '1' })).toThrow('several lines');
  expect(() => changeEnvironment('', { A: 'x\ny' })).toThrow('line breaks');
});

test('SST sees what was written, and takes the region from it', async () => {
  const folder = newFolder();
  await configure(folder, [], [...place, '', '', ...rest, '']);
  writeFileSync(join(folder, '.env.dev'), 'MAX_CAPACITY=3\n');
  // What SST sees is told by a configuration that writes it down, as soon as SST asks for its stacks' application.
  const told = join(folder, 'told.json');
  writeFileSync(
    join(folder, 'sst.config.mjs'),
    `import { writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(${JSON.stringify(told)}, JSON.stringify(process.env)));
export default { config: () => ({ name: 'told', region: process.env.AWS_REGION }), stacks() {} };`,
  );
  writeFileSync(join(folder, 'package.json'), '{}');
  const sst = resolve(import.meta.dirname, '../node_modules/sst/cli/sst.js');
  const env = { PATH: process.env['PATH'], SST_TELEMETRY_DISABLED: '1', HOME: folder, MAX_CAPACITY: '9' };
  const child = spawn(process.execPath, [sst, 'version', '--stage', 'dev'], { cwd: folder, env });
  await new Promise((done) => child.on('close', done));
  const seen = JSON.parse(readFileSync(told, 'utf8')) as Record<string, string>;
  expect(seen).toMatchObject({ ...first, MAX_CAPACITY: '3' });
});
