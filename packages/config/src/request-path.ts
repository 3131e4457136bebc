import { GatewayError } from '@genai-gateway/core';

/** What could mean another path to whoever reads it next. */
const AMBIGUOUS = /%2f|%5c|%2e|%25|%[01]|%7f|[^\x21-\x7e]|[\\#]|\/\/|\/\.\.?(?:\/|$)/i;
const UNSAFE_NAME = /\p{Cc}|\\|(?:^|\/)\.\.?(?:\/|$)/u;

/** Throws `invalid-request` for a path, not decoded yet, that could be read in two ways. */
export function checkPath(path: string): void {
  if (!AMBIGUOUS.test(path)) return;
  throw new GatewayError(
    'invalid-request',
    'The path holds encoded or doubled separators, or other characters that are not accepted here.',
  );
}

/** A name that stands in a path, decoded once; it may hold slashes and colons. Throws `invalid-request` for what no name holds. */
export function nameInPath(part: string): string {
  let name: string;
  try {
    name = decodeURIComponent(part);
  } catch {
    throw new GatewayError(
      'invalid-request',
      'The path holds a percent sign that is not the start of an encoded character. Encode it as %25.',
    );
  }
  if (UNSAFE_NAME.test(name)) {
    throw new GatewayError('invalid-request', 'The name in the path holds characters that no name here has.');
  }
  return name;
}
