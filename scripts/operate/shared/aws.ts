import { messageOf, OperatorFailure } from './command.ts';

/** How every client of AWS is made here; AWS_ENDPOINT_URL and the usual sources of credentials hold. */
export function clientOptions(region: string): { region: string; maxAttempts: number } {
  return { region, maxAttempts: 3 };
}

/** Whether AWS said that the caller may not. Services differ in the name. */
function isAccessDenied(error: unknown): boolean {
  return /^(AccessDenied|AccessDeniedException|UnauthorizedOperation|AuthorizationError|AuthorizationErrorException|Forbidden|403)$/.test(
    nameOf(error),
  );
}

export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

/** What went wrong with a call to AWS, and the mend. `what` ends the sentence "… cannot be …". */
export function awsFailure(error: unknown, what: string): OperatorFailure {
  if (error instanceof OperatorFailure) return error;
  const name = nameOf(error);
  if (name === 'CredentialsProviderError') {
    return new OperatorFailure(
      `${what}: there are no AWS credentials.`,
      'log in (`aws sso login`, `aws configure`), and name the profile in AWS_PROFILE',
    );
  }
  if (/^(ExpiredToken|ExpiredTokenException|RequestExpired|TokenRefreshRequired)$/.test(name)) {
    return new OperatorFailure(`${what}: the AWS credentials have expired.`, 'log in again (`aws sso login`)');
  }
  if (/^(InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|SignatureDoesNotMatch)$/.test(name)) {
    return new OperatorFailure(
      `${what}: AWS does not know these credentials (${name}).`,
      'check AWS_PROFILE and AWS_ACCESS_KEY_ID; `aws sts get-caller-identity` tells who you are',
    );
  }
  if (isAccessDenied(error)) {
    return new OperatorFailure(`${what}: ${messageOf(error)}`, "use a role that may, such as the operators' role");
  }
  // The SDK adds lines for its developers.
  const [said] = messageOf(error).split('\n');
  return new OperatorFailure(`${what}: ${name}: ${said}`, 'check the region and the network, then try again');
}
