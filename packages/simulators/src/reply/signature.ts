import { createHash } from 'node:crypto';

const REDACTED = 'simulated redacted reasoning';

/** What a simulated model signs its reasoning with, in base64: of equal texts equal, and of no other text. */
export function signatureOf(text: string): string {
  return createHash('sha256').update(`simulated reasoning\n${text}`).digest('base64');
}

/** A sample of reasoning that only the model can read, in base64. */
export const redactedSample = Buffer.from(REDACTED).toString('base64');

/** Whether a model of this simulator, or a script, could have said this redacted reasoning. */
export function isRedacted(base64: string): boolean {
  return Buffer.from(base64, 'base64').toString('utf8').startsWith('simulated');
}
