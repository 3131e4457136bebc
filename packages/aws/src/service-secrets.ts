import type { Login, SecretSource } from '@genai-gateway/core';
import { SecretValues, type SecretValuesOptions } from './secret-values.ts';

/** Which secrets take the place of values in the environment, by ARN or name; undefined: none does. */
export interface ServiceSecretIds {
  /** `{"username","password"}`. */
  readonly database: string | undefined;
  /** `{"username","password"}`. */
  readonly redis: string | undefined;
  /** Plain text, `sk-…`. */
  readonly masterKey: string | undefined;
  /** Plain text. It never rotates. */
  readonly saltKey: string | undefined;
  /** Plain text. It is read once: another one gives every login another key. */
  readonly gatewaySecret: string | undefined;
}

/** The secrets that were named, each read; undefined where none was. */
export interface ServiceSecrets {
  readonly database: SecretSource<Login> | undefined;
  readonly redis: SecretSource<Login> | undefined;
  readonly masterKey: SecretSource | undefined;
  readonly saltKey: string | undefined;
  readonly gatewaySecret: string | undefined;
  readonly close: () => void;
}

/** Reads what a gateway or a function is told to read. Rejects as {@link SecretValues.follow} does. */
export async function readServiceSecrets(
  ids: ServiceSecretIds,
  options: SecretValuesOptions,
  signal: AbortSignal,
): Promise<ServiceSecrets> {
  const followed = new SecretValues(options);
  const once = new SecretValues(options);
  const read = async <Value>(
    values: SecretValues,
    id: string | undefined,
    parse: (text: string) => Value,
  ): Promise<SecretSource<Value> | undefined> => (id === undefined ? undefined : values.follow(id, parse, signal));
  try {
    const [database, redis, masterKey, saltKey, gatewaySecret] = await Promise.all([
      read(followed, ids.database, parseLogin),
      read(followed, ids.redis, parseLogin),
      read(followed, ids.masterKey, parseMasterKey),
      read(once, ids.saltKey, parseText),
      read(once, ids.gatewaySecret, parseText),
    ]);
    return {
      ...{ database, redis, masterKey },
      saltKey: saltKey?.versions()[0].value,
      gatewaySecret: gatewaySecret?.versions()[0].value,
      close: () => followed.close(),
    };
  } catch (error) {
    followed.close();
    throw error;
  } finally {
    once.close();
  }
}

/** Throws, in words without the text, where it is no login. */
export function parseLogin(text: string): Login {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Said below: a parser's own words hold parts of the text.
  }
  const { username, password } = (value ?? {}) as Partial<Record<string, unknown>>;
  if (typeof username === 'string' && username !== '' && typeof password === 'string') return { username, password };
  throw new Error('it is not {"username":"…","password":"…"}');
}

function parseMasterKey(text: string): string {
  if (/^sk-\S+$/.test(text)) return text;
  throw new Error('it does not start with "sk-", or has blanks in it');
}

function parseText(text: string): string {
  if (text !== '') return text;
  throw new Error('it is empty');
}
