/** Database and Redis, each by its URL or by the parts of one, as secrets come in several variables. */
interface Addresses {
  readonly DATABASE_URL?: string | undefined;
  readonly DATABASE_HOST?: string | undefined;
  readonly DATABASE_PORT?: number | undefined;
  readonly DATABASE_NAME?: string | undefined;
  readonly DATABASE_USER?: string | undefined;
  readonly DATABASE_PASSWORD?: string | undefined;
  readonly DATABASE_CA_FILE?: string | undefined;
  readonly REDIS_URL?: string | undefined;
  readonly REDIS_HOST?: string | undefined;
  readonly REDIS_PORT?: number | undefined;
  readonly REDIS_USERNAME?: string | undefined;
  readonly REDIS_PASSWORD?: string | undefined;
  readonly REDIS_SSL?: string | undefined;
}

/** What is wrong with the choice between a whole and its parts, seen by which variables are set at all. */
export function addressProblems(given: Readonly<Record<string, string>>): string[] {
  const problems: string[] = [];
  const set = (names: readonly string[]) => names.filter((name) => given[name] !== undefined);
  const whole = (name: string, parts: readonly string[], needed: readonly string[]): void => {
    const there = set(parts);
    if (given[name] !== undefined) {
      if (there.length > 0) problems.push(`${name} and ${there.join(', ')} are both set. Unset one or the others.`);
      return;
    }
    const missing = needed.filter((each) => given[each] === undefined);
    if (there.length > 0 && missing.length > 0) {
      problems.push(
        `${there.join(', ')} ${there.length === 1 ? 'is' : 'are'} set, so ${missing.join(', ')} must be too.`,
      );
    }
  };
  const login = ['DATABASE_USER', 'DATABASE_PASSWORD'];
  const database = ['DATABASE_HOST', 'DATABASE_PORT', 'DATABASE_NAME', ...login, 'DATABASE_SECRET_ARN'];
  const needed = ['DATABASE_HOST', 'DATABASE_NAME'];
  whole('DATABASE_URL', database, given['DATABASE_SECRET_ARN'] === undefined ? [...needed, ...login] : needed);
  if (set(['DATABASE_URL', ...database]).length === 0) {
    problems.push("DATABASE_URL is not set, nor DATABASE_HOST in its place. LiteLLM's Postgres database.");
  }
  const redis = ['REDIS_HOST', 'REDIS_PORT', 'REDIS_USERNAME', 'REDIS_PASSWORD', 'REDIS_SSL', 'REDIS_SECRET_ARN'];
  whole('REDIS_URL', redis, ['REDIS_HOST']);
  const bucket = ['LITELLM_CONFIG_BUCKET_NAME', 'LITELLM_CONFIG_BUCKET_OBJECT_KEY'];
  whole('LITELLM_CONFIG_FILE', bucket, bucket);
  return problems;
}

/**
 * The database's URL as `pg` takes it. With a file of authorities it demands TLS, their signature, and the host's name
 * in the certificate.
 */
export function databaseUrl(from: Addresses): string {
  const url = from.DATABASE_URL ?? databaseOfParts(from);
  if (from.DATABASE_CA_FILE === undefined) return url;
  const verified = new URL(url);
  verified.searchParams.set('sslmode', 'verify-full');
  verified.searchParams.set('sslrootcert', from.DATABASE_CA_FILE);
  return verified.href;
}

function databaseOfParts(from: Addresses): string {
  const { DATABASE_USER: user, DATABASE_PASSWORD: password } = from;
  // Without both: a secret holds them.
  const who = user === undefined && password === undefined ? '' : `${encode(user)}:${encode(password)}@`;
  return `postgresql://${who}${from.DATABASE_HOST}:${from.DATABASE_PORT ?? 5432}/${encode(from.DATABASE_NAME)}`;
}

/** The URL of Redis as `ioredis` takes it; undefined: there is none. */
export function redisUrl(from: Addresses): string | undefined {
  if (from.REDIS_URL !== undefined || from.REDIS_HOST === undefined) return from.REDIS_URL;
  const protocol = from.REDIS_SSL?.toLowerCase() === 'true' ? 'rediss' : 'redis';
  const { REDIS_USERNAME: user, REDIS_PASSWORD: password } = from;
  const who = user === undefined && password === undefined ? '' : `${encode(user)}:${encode(password)}@`;
  return `${protocol}://${who}${from.REDIS_HOST}:${from.REDIS_PORT ?? 6379}`;
}

/** Of `encodeURIComponent`'s letters alone, the apostrophe is one that a URL's user part would change. */
function encode(text: string | undefined): string {
  return encodeURIComponent(text ?? '').replaceAll("'", '%27');
}
