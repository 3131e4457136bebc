import { expect, test } from 'vitest';
import { ConfigError } from './gateway-config.ts';
import { readMigrationConfig } from './migration-config.ts';

const env = {
  DATABASE_HOST: 'db.example',
  DATABASE_NAME: 'litellm',
  DATABASE_USER: 'owner',
  DATABASE_PASSWORD: 'p@ss',
  DATABASE_CA_FILE: '/app/rds-ca.pem',
  GATEWAY_DATABASE_USER: 'gateway',
  GATEWAY_DATABASE_PASSWORD: 'hunter2',
  LITELLM_DATABASE_USER: 'litellm',
  LITELLM_DATABASE_PASSWORD: 'hunter3',
};

test('the owner and the two logins are read', () => {
  expect(readMigrationConfig({ ...env, DATABASE_PORT: '5433' })).toEqual({
    databaseUrl:
      'postgresql://owner:p%40ss@db.example:5433/litellm?sslmode=verify-full&sslrootcert=%2Fapp%2Frds-ca.pem',
    logins: [
      { name: 'gateway', password: 'hunter2' },
      { name: 'litellm', password: 'hunter3' },
    ],
  });
});

test.each<[string, Record<string, string | undefined>, string]>([
  ['no database', { DATABASE_HOST: undefined, DATABASE_USER: '' }, 'DATABASE_HOST, DATABASE_USER must be too'],
  ['two databases', { DATABASE_URL: 'postgresql://a' }, 'DATABASE_URL and DATABASE_HOST'],
  ['a port that is none', { DATABASE_PORT: 'tcp://10.0.0.1:5432' }, 'DATABASE_PORT'],
  ['no login', { GATEWAY_DATABASE_USER: undefined }, 'GATEWAY_DATABASE_USER is not set'],
  ['no password', { LITELLM_DATABASE_PASSWORD: '' }, 'LITELLM_DATABASE_PASSWORD is not set'],
  ['a password of other letters', { GATEWAY_DATABASE_PASSWORD: 'hünter2' }, 'GATEWAY_DATABASE_PASSWORD has to be'],
  ['one role for both', { LITELLM_DATABASE_USER: 'gateway' }, 'have to be two roles'],
])('%s is named, and no value is shown', (_name, wrong, message) => {
  const read = () => readMigrationConfig({ ...env, ...wrong });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(message);
  expect(read).not.toThrow(/hunter|hünter|p@ss/);
});
