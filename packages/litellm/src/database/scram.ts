import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

/** Postgres's own number of rounds. */
const ITERATIONS = 4096;

/**
 * A password in the form in which Postgres keeps it, so that the password itself is in no statement, and in no log of
 * statements: `SCRAM-SHA-256$<rounds>:<salt>$<stored key>:<server key>`. For passwords of ASCII, which RFC 4013 leaves
 * as they are; throws a RangeError for others. https://www.postgresql.org/docs/17/catalog-pg-authid.html (as of 2026-11-23)
 */
export function scramVerifier(password: string, salt: Buffer = randomBytes(16)): string {
  if (!/^[\x20-\x7e]+$/.test(password)) throw new RangeError('A password of a role has to be printable ASCII.');
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256');
  const key = (label: string) => createHmac('sha256', salted).update(label).digest();
  const stored = createHash('sha256').update(key('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${stored}:${key('Server Key').toString('base64')}`;
}
