export type { PostgresOptions } from './postgres-key-store.ts';
export { connectPostgres, PostgresKeyStore } from './postgres-key-store.ts';
