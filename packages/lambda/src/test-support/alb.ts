import type { AlbEvent, AlbResult } from '../alb-event.ts';

/** A request as a test writes it. */
export interface AskedRequest {
  readonly method?: string;
  /** Path and query, as they stand in the request line. */
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Text goes as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly isBase64Encoded?: boolean;
}

/** The event of a load balancer with multi-value headers. */
export function albEvent({
  method = 'GET',
  target = '/',
  headers = {},
  body,
  isBase64Encoded = false,
}: AskedRequest): AlbEvent & {
  readonly requestContext: unknown;
} {
  const [path = '/', ...query] = target.split('?');
  const parameters = new Map<string, string[]>();
  for (const pair of query.join('?').split('&')) {
    if (pair === '') continue;
    const [name = '', ...value] = pair.split('=');
    parameters.set(name, [...(parameters.get(name) ?? []), value.join('=')]);
  }
  return {
    requestContext: {
      elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/test/1' },
    },
    httpMethod: method,
    path,
    multiValueQueryStringParameters: Object.fromEntries(parameters),
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat()])),
    body: body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body),
    isBase64Encoded,
  };
}

/** An answer as a client sees it behind the load balancer. */
export interface SeenAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The parsed text; undefined: there is none. */
  readonly json: unknown;
}

export function seenAnswer(result: unknown): SeenAnswer {
  const { statusCode, multiValueHeaders, headers, body, isBase64Encoded } = result as AlbResult;
  const text = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8').toString('utf8');
  const joined = Object.entries(multiValueHeaders ?? {}).map(([name, values]) => [name, values.join(', ')]);
  return {
    status: statusCode,
    headers: { ...headers, ...Object.fromEntries(joined) },
    text,
    json: text === '' ? undefined : JSON.parse(text),
  };
}
