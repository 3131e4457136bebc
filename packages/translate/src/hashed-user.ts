import { hash } from 'node:crypto';

/** The caller's end user, hashed: it goes into the invocation log of the AWS account, where no one needs the name. */
export function hashedUser(user: string): string {
  return hash('sha256', user, 'hex').slice(0, 32);
}
