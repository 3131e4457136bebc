import type { CredentialSource } from './credentials.ts';
import { sdkCredentials } from './sdk-credentials.ts';

export interface ServiceOptions {
  readonly credentials: CredentialSource;
  readonly region: string;
  /** Base URL of another one, such as a VPC endpoint or a local one; undefined: the region's own. */
  readonly endpoint: string | undefined;
}

const ATTEMPT_TIMEOUT_MS = 10_000;
/** A rotation has minutes, and what it asks for is nothing that others wait for. */
const MAX_ATTEMPTS = 4;

/** What clients of the SDK are made with that a rotation uses. */
export function patientClient({ credentials, region, endpoint }: ServiceOptions) {
  return {
    region,
    credentials: sdkCredentials(credentials),
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: {
      connectionTimeout: ATTEMPT_TIMEOUT_MS,
      requestTimeout: ATTEMPT_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
    ...(endpoint === undefined ? {} : { endpoint }),
  };
}
