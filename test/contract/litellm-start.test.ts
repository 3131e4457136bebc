import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { world } from './support/world.ts';

const folder = resolve(import.meta.dirname, '../../containers/litellm');
/** Prints what start.py makes of an environment, in place of starting LiteLLM. */
const program = `
import json, sys
sys.dont_write_bytecode = True
sys.path.insert(0, ${JSON.stringify(folder)})
import start
env = json.load(sys.stdin)
try:
    arguments, pool = start.prepare(env, ["--port", "1"])
    log = start.request_log(env)
    known = {"env": env, "arguments": arguments, "pool": pool}
    print(json.dumps({**known, "log": log and {**log.params, "keeps_content": log.keeps_content}}))
except start.Misconfigured as problem:
    print(json.dumps({"problem": str(problem)}))
`;

interface Prepared {
  readonly env: Readonly<Record<string, string>>;
  readonly arguments: readonly string[];
  readonly pool: number | null;
  readonly log: object | null;
  readonly problem?: string;
}

function prepare(env: Readonly<Record<string, string>>): Prepared {
  const { stdout, stderr } = spawnSync(world.python ?? '', ['-c', program], {
    input: JSON.stringify(env),
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Prepared;
}

const database = { DATABASE_HOST: 'db', DATABASE_NAME: 'litellm', DATABASE_USER: 'u', DATABASE_PASSWORD: 'hunter2' };

let secrets = '';
beforeEach(() => {
  secrets = mkdtempSync(join(tmpdir(), 'gateway-secrets-'));
});
afterEach(() => rmSync(secrets, { recursive: true }));

describe.skipIf(world.python === undefined)('start.py', () => {
  it('makes one URL of the parts of the database, whatever characters they have', () => {
    const DATABASE_PASSWORD = String.fromCharCode(...Array.from({ length: 95 }, (_, index) => 32 + index));
    const { env } = prepare({ ...database, DATABASE_PASSWORD, DATABASE_CA_FILE: '/app/rds ca.pem' });
    const url = new URL(env['DATABASE_URL'] ?? '');
    expect(decodeURIComponent(url.password)).toBe(DATABASE_PASSWORD);
    expect([url.hostname, url.port, url.pathname]).toEqual(['db', '5432', '/litellm']);
    expect(Object.fromEntries(url.searchParams)).toEqual({ sslmode: 'verify-full', sslrootcert: '/app/rds ca.pem' });
    expect(Object.keys(env).filter((name) => /^DATABASE_(?!URL)/.test(name))).toEqual([]);
  });

  it('lets a URL that is given stand', () => {
    expect(prepare({ DATABASE_URL: 'postgresql://x' }).env['DATABASE_URL']).toBe('postgresql://x');
  });

  it('expands the providers’ keys, and leaves what is set by itself', () => {
    const PROVIDER_KEYS = JSON.stringify({ OPENAI_API_KEY: 'a', ANTHROPIC_API_KEY: 'b', GROQ_API_KEY: '' });
    const { env } = prepare({ ...database, PROVIDER_KEYS, ANTHROPIC_API_KEY: 'own' });
    expect(env).toMatchObject({ OPENAI_API_KEY: 'a', ANTHROPIC_API_KEY: 'own' });
    expect(env).not.toHaveProperty('GROQ_API_KEY');
    expect(env).not.toHaveProperty('PROVIDER_KEYS');
  });

  it('takes variables from files', () => {
    writeFileSync(join(secrets, 'DATABASE_PASSWORD'), 'from a file\n');
    writeFileSync(join(secrets, 'PROVIDER_KEYS'), '{"OPENAI_API_KEY":"c"}');
    writeFileSync(join(secrets, '..data'), '');
    const { env } = prepare({ ...database, DATABASE_PASSWORD: '', SECRETS_DIR: secrets });
    expect(env['DATABASE_URL']).toContain('from%20a%20file@');
    expect(env['OPENAI_API_KEY']).toBe('c');
  });

  it('logs its calls where the gateway does, without prompts unless they are asked for', () => {
    const logged = { ...database, AWS_REGION: 'eu-west-1', REQUEST_LOG_BUCKET: 'logs' };
    const params = {
      s3_bucket_name: 'logs',
      s3_region_name: 'eu-west-1',
      s3_path: 'litellm',
      s3_partition_granularity: 'hour',
      s3_batch_file_upload: true,
    };
    expect(prepare(logged).log).toEqual({ ...params, keeps_content: false });
    const more = { REQUEST_LOG_CONTENT: 'all', S3_ENDPOINT_URL: 'http://s3' };
    expect(prepare({ ...logged, ...more }).log).toEqual({
      ...params,
      s3_endpoint_url: 'http://s3',
      keeps_content: true,
    });
    expect(prepare(database).log).toBe(null);
    expect(prepare({ ...logged, REQUEST_LOG_CONTENT: 'some' }).problem).toBe(
      'REQUEST_LOG_CONTENT has to be none or all.',
    );
  });

  it('fetches nothing, changes no table, and names the region to all', () => {
    expect(prepare({ ...database, AWS_REGION: 'eu-west-1' }).env).toMatchObject({
      LITELLM_LOCAL_MODEL_COST_MAP: 'True',
      DISABLE_SCHEMA_UPDATE: 'true',
      LITELLM_MODE: 'PRODUCTION',
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_REGION_NAME: 'eu-west-1',
    });
  });

  it('gives LiteLLM its arguments, and the pool its size', () => {
    const bucket = { LITELLM_CONFIG_BUCKET_NAME: 'b', LITELLM_CONFIG_BUCKET_OBJECT_KEY: 'config.yaml' };
    const made = prepare({ ...database, ...bucket, DATABASE_POOL_SIZE: '7' });
    expect(made.pool).toBe(7);
    expect(made.arguments.join(' ')).toBe(
      '--config config.yaml --host 0.0.0.0 --port 4000 --telemetry False --num_workers 1 --port 1',
    );
    expect(prepare(database).arguments).not.toContain('--config');
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['no database', { DATABASE_HOST: '', DATABASE_USER: '' }, /DATABASE_HOST, DATABASE_USER must be set/],
    ['keys that are no JSON', { PROVIDER_KEYS: '{hunter2' }, /PROVIDER_KEYS has to be a JSON object/],
    ['a key that is no text', { PROVIDER_KEYS: '{"A":{"b":"hunter2"}}' }, /PROVIDER_KEYS has to be/],
    ['a key of no variable', { PROVIDER_KEYS: '{"a b":"hunter2"}' }, /no variables: a b/],
    ['half a bucket', { LITELLM_CONFIG_BUCKET_NAME: 'b' }, /LITELLM_CONFIG_BUCKET_OBJECT_KEY go together/],
    ['a pool that is none', { DATABASE_POOL_SIZE: '0' }, /DATABASE_POOL_SIZE/],
    ['a folder that is not there', { SECRETS_DIR: '/nowhere' }, /SECRETS_DIR names \/nowhere/],
  ])('names %s, and shows no value', (_name, wrong, message) => {
    const { problem } = prepare({ ...database, ...wrong });
    expect(problem).toMatch(message);
    expect(problem).not.toContain('hunter2');
  });

  it('refuses a variable that is set in both places', () => {
    writeFileSync(join(secrets, 'DATABASE_PASSWORD'), 'hunter3');
    expect(prepare({ ...database, SECRETS_DIR: secrets }).problem).toMatch(/files for DATABASE_PASSWORD, which/);
  });
});
