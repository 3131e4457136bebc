import { GatewayError } from '@genai-gateway/core';

/**
 * A request as a load balancer hands it to a function, with multi-value headers or without.
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html (as of 2026-11-23).
 */
export interface AlbEvent {
  readonly httpMethod: string;
  /** As it stood in the request, not decoded. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | undefined>> | null | undefined;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null | undefined;
  /** Not decoded either. */
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>> | null | undefined;
  readonly multiValueQueryStringParameters?: Readonly<Record<string, readonly string[] | undefined>> | null | undefined;
  readonly body?: string | null | undefined;
  readonly isBase64Encoded?: boolean | undefined;
}

/** What a load balancer takes for an answer. */
export interface AlbResult {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** Whether an event is a request: EventBridge, Secrets Manager and direct invocations send others. */
export function isAlbEvent(event: unknown): event is AlbEvent {
  if (event === null || typeof event !== 'object') return false;
  const { httpMethod, path, body } = event as Partial<Record<keyof AlbEvent, unknown>>;
  return (
    typeof httpMethod === 'string' &&
    typeof path === 'string' &&
    (body === undefined || body === null || typeof body === 'string')
  );
}

/** Lower-case names; what comes several times is joined, as HTTP has it. */
export function headersOf({
  headers,
  multiValueHeaders,
}: Pick<AlbEvent, 'headers' | 'multiValueHeaders'>): Record<string, string> {
  const entries = multiValueHeaders == null ? Object.entries(headers ?? {}) : Object.entries(multiValueHeaders);
  return Object.fromEntries(
    entries.flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), typeof value === 'string' ? value : value.join(', ')]],
    ),
  );
}

/** Each parameter decoded, a plus as a space. Throws `invalid-request` for one that comes twice or cannot be decoded. */
export function queryOf({ queryStringParameters, multiValueQueryStringParameters }: AlbEvent): Record<string, string> {
  const pairs =
    multiValueQueryStringParameters == null
      ? Object.entries(queryStringParameters ?? {}).map(([name, value]) => [name, value] as const)
      : Object.entries(multiValueQueryStringParameters).flatMap(([name, values]) =>
          (values ?? []).map((value) => [name, value] as const),
        );
  const query = new Map<string, string>();
  for (const [name, value] of pairs) {
    const decoded = decodedQuery(name);
    if (query.has(decoded)) {
      throw new GatewayError(
        'invalid-request',
        `The query parameter '${decoded.slice(0, 50)}' comes twice. Send it once.`,
        {
          param: decoded.slice(0, 50),
        },
      );
    }
    query.set(decoded, decodedQuery(value ?? ''));
  }
  return Object.fromEntries(query);
}

function decodedQuery(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new GatewayError(
      'invalid-request',
      'The query holds a percent sign that is not the start of an encoded character. Encode it as %25.',
    );
  }
}
