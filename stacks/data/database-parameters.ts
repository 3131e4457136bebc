import type { Stack } from 'aws-cdk-lib';
import { type IInstanceEngine, type IParameterGroup, ParameterGroup } from 'aws-cdk-lib/aws-rds';

const SLOW_STATEMENT_MS = 5_000;
const IDLE_IN_TRANSACTION_MS = 300_000;

/**
 * Postgres' own settings. Statements are not logged, because they carry prompts and keys' hashes: only those that take
 * longer than five seconds or fail, and never with their values. Passwords are kept and asked for as SCRAM alone.
 * Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Parameters.html (as of 2026-11-23).
 */
export function databaseParameters(stack: Stack, engine: IInstanceEngine, maxConnections: number): IParameterGroup {
  return new ParameterGroup(stack, 'DatabaseParameters', {
    engine,
    description: 'Settings of the database of the gateway',
    parameters: {
      'rds.force_ssl': '1',
      'rds.accepted_password_auth_method': 'scram',
      password_encryption: 'scram-sha-256',
      max_connections: String(maxConnections),
      log_statement: 'none',
      log_min_duration_statement: String(SLOW_STATEMENT_MS),
      log_parameter_max_length: '0',
      log_parameter_max_length_on_error: '0',
      log_lock_waits: '1',
      idle_in_transaction_session_timeout: String(IDLE_IN_TRANSACTION_MS),
    },
  });
}
