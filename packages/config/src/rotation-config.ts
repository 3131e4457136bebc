import { databaseUrl, redisUrl } from './addresses.ts';
import { unusable } from './gateway-config.ts';

/** What a secret is of, so how it rotates. */
export const rotationKinds = ['database', 'litellm-database', 'cache', 'master-key'] as const;
export type RotationKind = (typeof rotationKinds)[number];

/** Kinds that LiteLLM reads when it starts, so it is started anew. */
const readByLitellm: readonly RotationKind[] = ['litellm-database', 'cache', 'master-key'];

export interface RotatedLogin {
  readonly username: string;
  readonly password: string;
}

/** Where LiteLLM runs. */
export type LitellmPlace =
  | { readonly platform: 'ecs'; readonly cluster: string; readonly service: string }
  | { readonly platform: 'eks'; readonly cluster: string; readonly namespace: string; readonly deployment: string };

/** What the rotation of secrets is told. What no kind needs is undefined. */
export interface RotationConfig {
  readonly secrets: readonly { readonly arn: string; readonly kind: RotationKind }[];
  readonly database: { readonly urlOf: (login: RotatedLogin) => string; readonly ownerSecretArn: string } | undefined;
  readonly cache: { readonly urlOf: (login: RotatedLogin) => string; readonly userId: string } | undefined;
  readonly saltKeySecretArn: string | undefined;
  readonly litellm: LitellmPlace | undefined;
  /** Undefined: the region's own. */
  readonly secretsManagerEndpoint: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads what the rotation of secrets is told: `ROTATIONS`, JSON from a secret's ARN to its kind, and what those kinds need.
 * Throws `ConfigError` that names every variable at fault, never its value.
 */
export function readRotationConfig(env: Environment): RotationConfig {
  const problems: string[] = [];
  const given = (name: string) => (env[name] === '' ? undefined : env[name]);
  const needed = (name: string, why: string): string => {
    const value = given(name);
    if (value === undefined) problems.push(`${name} is not set. ${why}`);
    return value ?? '';
  };
  const port = (name: string): number | undefined => {
    const value = given(name);
    if (value === undefined || /^[1-9]\d{0,4}$/.test(value)) return value === undefined ? undefined : Number(value);
    problems.push(`${name} has to be the number of a port.`);
    return undefined;
  };

  const secrets = readSecrets(needed('ROTATIONS', 'JSON: the ARN of each secret, and its kind.'), problems);
  const has = (...kinds: readonly RotationKind[]) => secrets.some(({ kind }) => kinds.includes(kind));
  const database = has('database', 'litellm-database') ? readDatabase(needed, given, port) : undefined;
  const cache = has('cache') ? readCache(needed, given, port) : undefined;
  const saltKeySecretArn = has('master-key')
    ? needed('LITELLM_SALT_KEY_SECRET_ARN', 'Without a salt key the master key must not change.')
    : undefined;
  const litellm = has(...readByLitellm) ? readPlace(needed, given) : undefined;
  if (problems.length > 0) throw unusable('configuration', problems);
  return {
    secrets,
    database,
    cache,
    saltKeySecretArn,
    litellm,
    secretsManagerEndpoint: given('SECRETS_MANAGER_ENDPOINT_URL'),
  };
}

function readSecrets(text: string, problems: string[]): RotationConfig['secrets'] {
  if (text === '') return [];
  const known: readonly unknown[] = rotationKinds;
  const entries = Object.entries(parsed(text) ?? {});
  if (entries.length > 0 && entries.every(([, kind]) => known.includes(kind))) {
    return entries.map(([arn, kind]) => ({ arn, kind: kind as RotationKind }));
  }
  problems.push(`ROTATIONS has to be a JSON object, from ARNs of secrets to ${rotationKinds.join(', ')}.`);
  return [];
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

type Needed = (name: string, why: string) => string;
type Given = (name: string) => string | undefined;
type Port = (name: string) => number | undefined;

function readDatabase(needed: Needed, given: Given, port: Port): RotationConfig['database'] {
  const address = {
    DATABASE_HOST: needed('DATABASE_HOST', 'The database whose logins rotate.'),
    DATABASE_PORT: port('DATABASE_PORT'),
    DATABASE_NAME: needed('DATABASE_NAME', 'The database whose logins rotate.'),
    DATABASE_CA_FILE: given('DATABASE_CA_FILE'),
  };
  return {
    ownerSecretArn: needed('DATABASE_OWNER_SECRET_ARN', 'The secret of the role that makes logins.'),
    urlOf: ({ username, password }) =>
      databaseUrl({ ...address, DATABASE_USER: username, DATABASE_PASSWORD: password }),
  };
}

function readCache(needed: Needed, given: Given, port: Port): RotationConfig['cache'] {
  const address = {
    REDIS_HOST: needed('REDIS_HOST', 'The cache whose user rotates.'),
    REDIS_PORT: port('REDIS_PORT'),
    REDIS_SSL: given('REDIS_SSL'),
  };
  return {
    userId: needed('CACHE_USER_ID', 'The id that ElastiCache has for the user, which is not its name.'),
    urlOf: ({ username, password }) =>
      redisUrl({ ...address, REDIS_USERNAME: username, REDIS_PASSWORD: password }) ?? '',
  };
}

function readPlace(needed: Needed, given: Given): LitellmPlace {
  if (given('LITELLM_EKS_CLUSTER') !== undefined) {
    return {
      platform: 'eks',
      cluster: needed('LITELLM_EKS_CLUSTER', ''),
      namespace: needed('LITELLM_EKS_NAMESPACE', 'Where the Deployment of LiteLLM is.'),
      deployment: given('LITELLM_EKS_DEPLOYMENT') ?? 'litellm',
    };
  }
  const why = 'LiteLLM is started anew after a rotation; on EKS set LITELLM_EKS_CLUSTER in its place.';
  return {
    platform: 'ecs',
    cluster: needed('LITELLM_ECS_CLUSTER', why),
    service: needed('LITELLM_ECS_SERVICE', why),
  };
}
