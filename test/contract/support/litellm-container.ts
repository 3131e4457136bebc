import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pickPort, simulatorCredentials } from '@genai-gateway/local';
import { type ContainedProgram, imageEnvironment, repository, runContained } from './container.ts';
import { type Deployed, login } from './deployed.ts';
import { pidOfPart } from './processes.ts';
import { litellmWorld, world } from './world.ts';

const start = resolve(repository, 'containers/litellm/start.py');

/** LiteLLM as its container starts it. */
export interface LitellmContainer extends ContainedProgram {
  readonly http: string;
}

/**
 * Starts it with the variables of a deployment. Python, its packages and the engine for the database are those of the
 * shared stack, which stand in the image otherwise. `/tmp` is its own.
 */
export async function startLitellmContainer(
  deployed: Deployed,
  more: Readonly<Record<string, string>> = {},
): Promise<LitellmContainer> {
  const port = await pickPort();
  const env = {
    ...imageOfStack(),
    ...imageEnvironment('litellm'),
    HOME: '/app',
    AWS_REGION: 'us-east-1',
    ...deployed.environment,
    ...login('DATABASE', deployed.logins.litellm),
    DATABASE_POOL_SIZE: '4',
    DISABLE_SCHEMA_UPDATE: 'true',
    STORE_MODEL_IN_DB: 'true',
    LITELLM_MASTER_KEY: masterKey,
    LITELLM_SALT_KEY: 'sk-salt-of-the-container',
    PROVIDER_KEYS: JSON.stringify({ OPENAI_API_KEY: providerKey }),
    PROXY_BASE_URL: 'https://gateway.example',
    // Of AWS and OpenAI: the role of a task, and the services.
    AWS_ACCESS_KEY_ID: simulatorCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: simulatorCredentials.secretAccessKey,
    AWS_ENDPOINT_URL_S3: deployed.s3Endpoint,
    OPENAI_BASE_URL: `${litellmWorld().openai}/v1`,
    // ElastiCache is trusted by public authorities, the cache of the test by its own.
    REDIS_SSL_CA_CERTS: deployed.authorities,
    ...more,
  };
  const command = [pythonOfStack(), '-P', start, '--port', String(port)];
  const program = runContained({ folder: '/', command, env, writable: '/tmp' });
  return { ...program, http: `http://127.0.0.1:${port}` };
}

export const masterKey = 'sk-master-of-the-container';
/** The one that the simulated OpenAI takes. */
export const providerKey = 'sk-simulated-openai';

function pid(): number {
  const found = pidOfPart(world.stateDir, 'litellm');
  if (found === undefined) throw new Error('LiteLLM of the shared stack does not run.');
  return found;
}

function pythonOfStack(): string {
  return readFileSync(`/proc/${pid()}/cmdline`, 'utf8').split('\0')[0] ?? '';
}

/** What an image has by itself: where programs are, and Prisma's. */
function imageOfStack(): Record<string, string> {
  const pairs = readFileSync(`/proc/${pid()}/environ`, 'utf8').split('\0');
  const known = pairs.filter((pair) => /^(?:PATH|PYTHONPATH|PRISMA_[A-Z_]+)=/.test(pair));
  return Object.fromEntries(known.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
}
