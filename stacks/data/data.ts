import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';

/** Everything that outlives a deployment of the services. */
export interface Data {
  readonly database: {
    readonly host: string;
    readonly port: number;
    readonly name: string;
    /** Identifier of the instance, as its metrics have it. */
    readonly instanceId: string;
    readonly maxConnections: number;
    /** JSON with `username` and `password`. The owner runs migrations and makes the other two. */
    readonly ownerSecret: ISecret;
    readonly gatewaySecret: ISecret;
    readonly litellmSecret: ISecret;
  };
  readonly cache: {
    readonly host: string;
    readonly port: number;
    readonly replicationGroupId: string;
    /** ElastiCache's id of the user of `secret`. */
    readonly userId: string;
    /** JSON with `username` and `password`, for gateway and LiteLLM both. */
    readonly secret: ISecret;
  };
  readonly sessions: ITable;
  readonly buckets: {
    /** LiteLLM's `config.yaml`, under `configKey`. */
    readonly config: IBucket;
    /** Turns too large for DynamoDB. */
    readonly history: IBucket;
    /** One object per request, LiteLLM's logger and the gateway's. */
    readonly requestLogs: IBucket;
    /** Compacted logs. */
    readonly archive: IBucket;
  };
  /** Of Glue and Athena, over the archive. */
  readonly requestLogQueries: { readonly databaseName: string; readonly workGroupName: string };
  readonly configKey: 'config.yaml';
  readonly secrets: {
    /** Plain text, `sk-…`. */
    readonly masterKey: ISecret;
    /** Plain text. Never changes: LiteLLM's stored models cannot be read without it. */
    readonly saltKey: ISecret;
    /** Plain text, GATEWAY_SECRET. */
    readonly gatewaySecret: ISecret;
    /** JSON, by name of variable (OPENAI_API_KEY …); keys that were not given are not in it. */
    readonly providerKeys: ISecret;
  };
}
