export type { ConfigFileOptions, LitellmConfig } from './config-file.ts';
export { loadConfigFile, readCatalogue } from './config-file.ts';
export type { KeyTable } from './key-columns.ts';
export { keyTables } from './key-columns.ts';
export type { KeyInvalidation, KeyInvalidationOptions } from './key-invalidation.ts';
export { keyInvalidationChannel, watchKeyInvalidation } from './key-invalidation.ts';
export type { PostgresOptions } from './postgres-key-store.ts';
export { connectPostgres, PostgresKeyStore } from './postgres-key-store.ts';
export type { Rule, Rules } from './setting-rule.ts';
