import { readFileSync } from 'node:fs';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { messageOf, OperatorFailure } from './command.ts';

export interface CallOptions {
  readonly method?: 'GET' | 'POST';
  readonly bearer?: string;
  readonly body?: unknown;
  /** `host:port` to connect to in place of the URL's, as through a tunnel; name and certificate stay the URL's. */
  readonly connectTo?: string | undefined;
  /** A file with the certificate authority to trust. */
  readonly caFile?: string | undefined;
}

export interface CallAnswer {
  readonly status: number;
  readonly text: string;
  /** The body, where it is JSON. */
  readonly json: unknown;
}

const timeoutMs = 60_000;

/** One request to a gateway. Rejects with OperatorFailure when nothing answers. */
export function call(url: string, options: CallOptions = {}): Promise<CallAnswer> {
  const target = new URL(url);
  const isTls = target.protocol === 'https:';
  const [host = target.hostname, port = target.port || (isTls ? 443 : 80)] = options.connectTo?.split(':') ?? [];
  const payload = options.body === undefined ? undefined : JSON.stringify(options.body);
  return new Promise((settle, reject) => {
    const unreachable = (error: unknown) => reject(unreachableFailure(target, error));
    const request = (isTls ? requestHttps : requestHttp)(
      {
        ...{ host, port, method: options.method ?? 'GET', path: `${target.pathname}${target.search}` },
        servername: target.hostname,
        signal: AbortSignal.timeout(timeoutMs),
        ...(options.caFile === undefined ? {} : { ca: readFileSync(options.caFile) }),
        headers: {
          host: target.host,
          // The edge's firewall counts requests without one.
          'user-agent': 'genai-gateway-operator',
          ...(options.bearer === undefined ? {} : { authorization: `Bearer ${options.bearer}` }),
          ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => void chunks.push(chunk));
        response.on('error', unreachable);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          settle({ status: response.statusCode ?? 0, text, json: parse(text) });
        });
      },
    );
    request.on('error', unreachable);
    request.end(payload);
  });
}

function unreachableFailure(target: URL, error: unknown): OperatorFailure {
  return new OperatorFailure(
    `${target.origin} did not answer: ${messageOf(error)}`,
    'a private gateway is reached from its network only: use the jump host and --connect-to localhost:8443 ' +
      '(docs/deploy/private.md); a new name may need some minutes in DNS',
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
