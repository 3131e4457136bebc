import { spawn } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { world } from './support/world.ts';

const folder = resolve(import.meta.dirname, '../../examples');
const { http, https, ca } = world;
const key = world.keys.good;
const python = world.python ?? '';

const openai = { OPENAI_BASE_URL: `${http}/v1`, OPENAI_API_KEY: key };
const gateway = { GATEWAY_URL: http, GATEWAY_KEY: key };
const aws = (endpoint: string) => ({
  AWS_ENDPOINT_URL_BEDROCK_RUNTIME: `${endpoint}/bedrock`,
  AWS_BEARER_TOKEN_BEDROCK: key,
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
});

/** What programs print that do more than have hello said. The simulator says what it was told. */
const printed: Readonly<Record<string, string>> = {
  'openai_history.py': [
    ...['answer: Say hello.', 'stream: Say goodbye.'],
    ...['user: Say hello.', 'assistant: Say hello.', 'user: Say goodbye.', 'assistant: Say goodbye.', ''],
  ].join('\n'),
  'boto3_prompt.py': ['answer', 'stream']
    .map((name) => `${name}: Summarize the text in one sentence.\n\nIt rained. Then it stopped.\n`)
    .join(''),
};

const examples: readonly { file: string; command: string; env: Record<string, string> }[] = [
  { file: 'curl.sh', command: 'sh', env: gateway },
  { file: 'curl.sh', command: 'sh', env: { ...gateway, GATEWAY_URL: https, CURL_CA_BUNDLE: ca } },
  { file: 'openai_chat.py', command: python, env: openai },
  { file: 'openai_history.py', command: python, env: openai },
  { file: 'openai-chat.mjs', command: process.execPath, env: openai },
  { file: 'boto3_converse.py', command: python, env: { ...aws(https), AWS_CA_BUNDLE: ca } },
  { file: 'boto3_prompt.py', command: python, env: { ...aws(https), AWS_CA_BUNDLE: ca } },
  { file: 'boto3_http.py', command: python, env: gateway },
  { file: 'aws-sdk-converse.mjs', command: process.execPath, env: aws(http) },
  { file: 'aws-sdk-converse.mjs', command: process.execPath, env: { ...aws(https), NODE_EXTRA_CA_CERTS: ca } },
];

describe('examples', () => {
  const runnable = examples.filter(({ file }) => world.python !== undefined || !file.endsWith('.py'));

  it.each(runnable)('$file answers and streams', async ({ file, command, env }) => {
    const { code, output } = await run(command, [join(folder, file)], env);
    if (file !== 'curl.sh') {
      expect([code, output]).toEqual([0, printed[file] ?? 'answer: Say hello.\nstream: Say hello.\n']);
      return;
    }
    expect([code, output]).toEqual([
      0,
      expect.stringMatching(/"content":"Say hello\.".*"content":" hello\.".*\[DONE\]\s+$/s),
    ]);
  });

  it('are all tested', () => {
    const programs = readdirSync(folder).filter((name) => /\.(sh|py|mjs)$/.test(name));
    expect(new Set([...examples.map(({ file }) => file), 'smoke.mjs'])).toEqual(new Set(programs));
  });
});

describe.skipIf(world.python === undefined)('smoke.mjs', () => {
  const readyFile = join(world.stateDir, 'ready.json');
  const smoke = join(folder, 'smoke.mjs');

  it('passes, and passes again', async () => {
    writeFileSync(
      readyFile,
      JSON.stringify({ http, https, ca, keys: [key], masterKey: world.masterKey, litellm: null, pid: 1 }),
    );
    for (let round = 0; round < 2; round += 1) {
      const { code, output } = await run(process.execPath, [smoke, readyFile], {});
      expect([code, output.trimEnd().split('\n').at(-1)]).toEqual([0, '16 passed, 0 failed']);
    }
  });

  it('fails with a key that is wrong, and says what', async () => {
    writeFileSync(readyFile, JSON.stringify({ http, https, ca, keys: ['sk-nobody'] }));
    const { code, output } = await run(process.execPath, [smoke, readyFile], {});
    expect(code).toBe(1);
    expect(output).toContain('FAIL boto3 answer');
    expect(output.trimEnd().split('\n').at(-1)).toBe('4 passed, 12 failed');
  });

  it('says how to use it when it gets no ready file', async () => {
    expect((await run(process.execPath, [smoke, join(world.stateDir, 'absent.json')], {})).code).toBe(2);
    expect((await run(process.execPath, [smoke], {})).code).toBe(2);
  });
});

function run(command: string, args: readonly string[], env: Record<string, string>) {
  const own = Object.entries(process.env).filter(([name]) => !/^(AWS_|OPENAI_)|_proxy$/i.test(name));
  return new Promise<{ code: number | null; output: string }>((settle, reject) => {
    const child = spawn(command, args, {
      env: { ...Object.fromEntries(own), NO_PROXY: '*', AWS_EC2_METADATA_DISABLED: 'true', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => settle({ code, output }));
  });
}
