/**
 * Outputs of a deployment that people and the operator's commands go by, of the stack `operations`, or of the stack
 * that says so. Names stay as they are: scripts of others read them too.
 */
export const outputNames = {
  /** What clients call. */
  url: 'Url',
  /** `ecs` or `eks`. */
  platform: 'Platform',
  cluster: 'Cluster',
  gatewayService: 'GatewayService',
  litellmService: 'LitellmService',
  gatewayLogGroup: 'GatewayLogGroup',
  litellmLogGroup: 'LitellmLogGroup',
  /** ARN of the secret that holds the master key, never its value. */
  masterKeySecret: 'MasterKeySecret',
  /** ARN of the secret that holds the providers' keys. */
  providerKeysSecret: 'ProviderKeysSecret',
  configBucket: 'ConfigBucket',
  configKey: 'ConfigKey',
  gatewayTargetGroup: 'GatewayTargetGroup',
  promptsAdminFunction: 'PromptsAdminFunction',
  chatHistoryFunction: 'ChatHistoryFunction',
  logCompactionFunction: 'LogCompactionFunction',
  secretRotationFunction: 'SecretRotationFunction',
  /** LiteLLM's and the gateway's request logs, until they are compacted. */
  requestLogBucket: 'RequestLogBucket',
  /** The compacted ones. */
  archiveBucket: 'ArchiveBucket',
  /** Of Glue, and the work group of Athena, to ask the archive by SQL. */
  requestLogDatabase: 'RequestLogDatabase',
  requestLogWorkGroup: 'RequestLogWorkGroup',
} as const;
