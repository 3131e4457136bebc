import type { CredentialSource } from './credentials.ts';
import { sdkCredentials } from './sdk-credentials.ts';

export interface ServiceOptions {
  readonly credentials: CredentialSource;
  readonly region: string;
  /** Base URL of another one, such as a VPC endpoint or a local one; undefined: the region's own. */
  readonly endpoint: string | undefined;
}

/** How long a client of the SDK waits, and how often it tries. */
export interface Patience {
  readonly connectTimeoutMs: number;
  /** For one attempt. */
  readonly attemptTimeoutMs: number;
  readonly maxAttempts: number;
  /** Connections at one time; undefined: the SDK's own bound. */
  readonly maxConnections?: number;
}

/** A rotation has minutes, and what it asks for is nothing that others wait for. */
export const PATIENT: Patience = { connectTimeoutMs: 10_000, attemptTimeoutMs: 10_000, maxAttempts: 4 };

/** What a client of the SDK is made with: our credentials, and an end to every attempt. */
export function sdkClientConfig({ credentials, region, endpoint }: ServiceOptions, patience: Patience) {
  const { connectTimeoutMs, attemptTimeoutMs, maxAttempts, maxConnections } = patience;
  const agent = maxConnections === undefined ? undefined : { keepAlive: true, maxSockets: maxConnections };
  return {
    region,
    credentials: sdkCredentials(credentials),
    maxAttempts,
    requestHandler: {
      connectionTimeout: connectTimeoutMs,
      requestTimeout: attemptTimeoutMs,
      throwOnRequestTimeout: true,
      ...(agent === undefined ? {} : { httpAgent: agent, httpsAgent: agent }),
    },
    ...(endpoint === undefined ? {} : { endpoint }),
  };
}

/** The same for S3, where another endpoint has the bucket in its path. */
export function s3ClientConfig(options: ServiceOptions, patience: Patience) {
  return { ...sdkClientConfig(options, patience), forcePathStyle: options.endpoint !== undefined };
}
