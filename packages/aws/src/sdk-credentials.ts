import type { CredentialSource } from './credentials.ts';
import type { AwsCredentials } from './sigv4.ts';

/** Credentials in the form that clients of the AWS SDK ask for, which are read and renewed by our source alone. */
export function sdkCredentials(source: CredentialSource) {
  return async () => withoutUndefined(await source.get());
}

/** The SDK's type wants fields that are absent, not undefined. */
function withoutUndefined({ accessKeyId, secretAccessKey, sessionToken, expiration }: AwsCredentials) {
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    ...(expiration === undefined ? {} : { expiration }),
  };
}
