import { setTimeout as sleep } from 'node:timers/promises';
import {
  EcsRollout,
  EksRollout,
  ElastiCacheUser,
  SecretsManagerVersions,
  type ServiceOptions,
} from '@genai-gateway/aws';
import {
  ConfigError,
  type LitellmPlace,
  type RotationConfig,
  type RotationKind,
  readRotationConfig,
} from '@genai-gateway/config';
import type { FunctionLogger, TaskEnvironment } from '@genai-gateway/lambda';
import { PostgresUsers, RedisLogins } from '@genai-gateway/litellm';
import {
  CacheUserCredential,
  currentLabel,
  DatabaseUserCredential,
  MasterKeyCredential,
  type Rollout,
  type RotatedCredential,
  type Rotation,
  RotationFailure,
  readLogin,
  type SecretVersions,
} from '@genai-gateway/rotation';

/** A rotation, and what it is of. */
export interface KindOfRotation extends Rotation {
  readonly kind: RotationKind;
}

export interface Services {
  readonly rotations: readonly KindOfRotation[];
  readonly logger: FunctionLogger;
}

const POLL_MS = 1_000;
const PAUSE_MS = 3_000;

/** Every rotation that the function's variables name. Throws `ConfigError`; connects to nothing yet. */
export async function compose({ env, region, credentials, logger }: TaskEnvironment): Promise<Services> {
  const config = readRotationConfig(env);
  const service = (endpoint: string | undefined): ServiceOptions => ({ credentials, region, endpoint });
  const versions = new SecretsManagerVersions(service(config.secretsManagerEndpoint));
  const litellm = config.litellm === undefined ? undefined : rolloutOf(config.litellm, service(undefined));
  const rotations = config.secrets.map(({ arn, kind }) => ({
    kind,
    secretId: arn,
    versions,
    credential: credentialOf(kind, config, versions, service(undefined)),
    // The gateway and the functions read their login again when it is refused.
    rollout: kind === 'database' ? undefined : litellm,
  }));
  return { rotations, logger };
}

function rolloutOf(place: LitellmPlace, service: ServiceOptions): Rollout {
  return place.platform === 'ecs' ? new EcsRollout({ ...service, ...place }) : new EksRollout({ ...service, ...place });
}

function credentialOf(
  kind: RotationKind,
  { database, cache, saltKeySecretArn }: RotationConfig,
  versions: SecretVersions,
  service: ServiceOptions,
): RotatedCredential {
  switch (kind) {
    case 'database':
    case 'litellm-database': {
      const { urlOf, ownerSecretArn } = there(database);
      const owner = async (signal: AbortSignal) => readLogin(await textOf(versions, ownerSecretArn, signal));
      return new DatabaseUserCredential(new PostgresUsers({ urlOf, owner }));
    }
    case 'cache': {
      const { urlOf, userId } = there(cache);
      return new CacheUserCredential({
        user: new ElastiCacheUser({ ...service, userId, pollMs: POLL_MS }),
        logins: new RedisLogins({ urlOf }),
        pause: (signal) => sleep(PAUSE_MS, undefined, { signal }),
      });
    }
    case 'master-key': {
      const arn = there(saltKeySecretArn);
      // That it has a value is enough to know.
      const isSet = async (signal: AbortSignal) =>
        (await versions.list(arn, signal)).some(({ labels }) => labels.includes(currentLabel));
      return new MasterKeyCredential({ isSet });
    }
  }
}

async function textOf(versions: SecretVersions, arn: string, signal: AbortSignal): Promise<string> {
  const found = await versions.read(arn, { label: currentLabel }, signal);
  if (found !== undefined) return found.text;
  throw new RotationFailure(`The secret ${arn} has no value.`, 'Deploy again: the stack `data` gives it one.');
}

/** The configuration has whatever the kinds in it need. */
function there<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new ConfigError('The configuration of the rotation is not whole.');
  return value;
}
