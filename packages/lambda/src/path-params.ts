import { GatewayError } from '@genai-gateway/core';

const UNSAFE_NAME = /\p{Cc}|\\|(?:^|\/)\.\.?(?:\/|$)/u;
/** What could mean another path to whoever reads it next. */
const AMBIGUOUS = /%2f|%5c|%2e|%25|%[01]|%7f|[^\x21-\x7e]|[\\#]|\/\/|\/\.\.?(?:\/|$)/i;

/** Parts of a path, each decoded once. Throws `invalid-request` for what no name holds. */
export function decodedParams(raw: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(raw).map(([name, text]) => [name, decoded(text)]));
}

function decoded(part: string): string {
  let text: string;
  try {
    text = decodeURIComponent(part);
  } catch {
    throw new GatewayError(
      'invalid-request',
      'The path holds a percent sign that is not the start of an encoded character. Encode it as %25.',
    );
  }
  if (UNSAFE_NAME.test(text)) {
    throw new GatewayError('invalid-request', 'The name in the path holds characters that no name here has.');
  }
  return text;
}

/** Why a path that no route has is refused. */
export function unknownPath(path: string): GatewayError {
  return AMBIGUOUS.test(path)
    ? new GatewayError(
        'invalid-request',
        'The path holds encoded or doubled separators, or other characters that are not accepted here.',
      )
    : new GatewayError('route-not-found', 'There is no such route here. Check the path against the documentation.');
}
