import type { IncomingMessage, ServerResponse } from 'node:http';

/** What a load balancer sends a function with multi-value headers: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html (as of 2026-11-23). */
export interface AlbEvent {
  readonly requestContext: { readonly elb: { readonly targetGroupArn: string } };
  readonly httpMethod: string;
  readonly path: string;
  /** As they stood in the URL, not decoded. */
  readonly multiValueQueryStringParameters: Readonly<Record<string, readonly string[]>>;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** A load balancer carries this much to a function and back, in bytes of the body or of the function's whole JSON. */
export const maxFunctionBytes = 1024 * 1024;

const TEXT = /^(?:text\/|application\/(?:json|javascript|xml)(?:;|$))/i;

export function albEvent(functionName: string, request: IncomingMessage, body: Buffer): AlbEvent {
  const [path = '/', ...query] = (request.url ?? '/').split('?');
  // A caller chooses the names, and `constructor` is one.
  const parameters = new Map<string, string[]>();
  for (const pair of query.join('?').split('&')) {
    if (pair === '') continue;
    const [name = '', ...value] = pair.split('=');
    parameters.set(name, [...(parameters.get(name) ?? []), value.join('=')]);
  }
  const type = request.headers['content-type'];
  const isBase64Encoded = request.headers['content-encoding'] !== undefined || (type !== undefined && !TEXT.test(type));
  return {
    requestContext: {
      elb: { targetGroupArn: `arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/${functionName}/local` },
    },
    httpMethod: request.method ?? 'GET',
    path,
    multiValueQueryStringParameters: Object.fromEntries(parameters),
    multiValueHeaders: { ...request.headersDistinct } as Record<string, string[]>,
    body: body.toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
  };
}

/** A function's answer as a load balancer passes it on: 502 where it is none, or too large. */
export function sendAlbAnswer(response: ServerResponse, answer: unknown): void {
  const { statusCode, multiValueHeaders, headers, body, isBase64Encoded } = fieldsOf(answer);
  const isTooLarge = Buffer.byteLength(JSON.stringify(answer) ?? '') > maxFunctionBytes;
  if (typeof statusCode !== 'number' || isTooLarge) {
    response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>502 Bad Gateway</h1>\n');
    return;
  }
  const all = { ...fieldsOf(headers), ...fieldsOf(multiValueHeaders) } as Record<string, string | string[]>;
  const bytes = Buffer.from(typeof body === 'string' ? body : '', isBase64Encoded === true ? 'base64' : 'utf8');
  response.writeHead(statusCode, { ...all, 'content-length': bytes.length }).end(bytes);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' ? { ...value } : {};
}
