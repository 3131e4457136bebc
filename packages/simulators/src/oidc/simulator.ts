import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Clock } from '@genai-gateway/core';
import { KeyRing, type SigningAlgorithm } from './key-ring.ts';
import { contentOf, type TokenShape, tokenShapes } from './shapes.ts';
import { answerToken, type IssueOptions } from './token-endpoint.ts';

const MAX_BODY_BYTES = 65_536;

export interface OidcSimulatorOptions {
  /** 127.0.0.1 when absent. */
  readonly host?: string;
  /** 0 or absent: a free port. */
  readonly port?: number;
  /** RS256 when absent. */
  readonly algorithm?: SigningAlgorithm;
  /** The audience of tokens that do not ask for another; `gateway` when absent. */
  readonly audience?: string;
  readonly now?: Clock;
}

/** How the issuer fails: its key set and discovery document are errors, never come, are endless, or are elsewhere. */
export type OidcFault = 'error' | 'silence' | 'endless' | 'redirect' | 'no-json';

/** An OpenID Connect issuer that runs: discovery, key set and token endpoint. */
export interface OidcSimulator {
  /** `iss` of its tokens, and the base URL of everything. */
  readonly issuer: string;
  /** The same, as other simulators name it. */
  readonly url: string;
  readonly jwksUri: string;
  readonly audience: string;
  /** A token in one vendor's shape, signed by the newest key. */
  issue(shape: TokenShape, options?: IssueOptions): Promise<string>;
  /** The key set as JSON, for a file or a parameter. */
  keySet(): { readonly keys: readonly object[] };
  /** As `POST /_simulator/rotate`: a new key signs, and the old ones stay in the set. */
  rotate(): Promise<void>;
  /** As `POST /_simulator/withdraw`: every key but the newest leaves the set. */
  withdrawOldKeys(): void;
  /** Undefined: it works again. */
  fail(fault: OidcFault | undefined): void;
  /** How often the key set was asked for. */
  keySetReads(): number;
  close(): Promise<void>;
}

/** Starts an issuer. Rejects when the port is taken. */
export async function startOidcSimulator(options: OidcSimulatorOptions = {}): Promise<OidcSimulator> {
  const { host = '127.0.0.1', port = 0, algorithm = 'RS256', audience = 'gateway', now = Date.now } = options;
  const ring = new KeyRing(algorithm);
  await ring.add();
  let issuer = '';
  let fault: OidcFault | undefined;
  let keySetReads = 0;

  async function issue(shape: TokenShape, { username, clientId, header, claims }: IssueOptions = {}): Promise<string> {
    const content = contentOf(shape, {
      issuer,
      nowSeconds: Math.floor(now() / 1_000),
      username: username ?? 'ann@example.com',
      clientId: clientId ?? 'a-client',
      audience,
      tokenId: randomUUID(),
    });
    return await ring.sign({ header: { ...content.header, ...header }, claims: { ...content.claims, ...claims } });
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = `${request.method} ${request.url}`;
    switch (route) {
      case 'GET /.well-known/openid-configuration':
        return sendDocument(response, fault, discoveryOf(issuer, algorithm));
      case 'GET /elsewhere':
        return sendJson(response, 200, ring.published());
      case 'GET /jwks':
        keySetReads += 1;
        return sendDocument(response, fault, ring.published());
      case 'POST /token': {
        const form = new URLSearchParams(await readBody(request));
        const { status, body } = await answerToken(form, request.headers.authorization, issue);
        return sendJson(response, status, body);
      }
      case 'POST /_simulator/rotate':
        await ring.add();
        return sendJson(response, 200, ring.published());
      case 'POST /_simulator/withdraw':
        ring.withdrawOld();
        return sendJson(response, 200, ring.published());
      default:
        return sendJson(response, 404, { error: 'not_found' });
    }
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const taken = address !== null && typeof address === 'object' ? address.port : port;
  issuer = `http://${host.includes(':') ? `[${host}]` : host}:${taken}`;
  return {
    issuer,
    url: issuer,
    jwksUri: `${issuer}/jwks`,
    audience,
    issue,
    keySet: () => ring.published(),
    rotate: () => ring.add(),
    withdrawOldKeys: () => ring.withdrawOld(),
    fail: (next) => {
      fault = next;
    },
    keySetReads: () => keySetReads,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** https://openid.net/specs/openid-connect-discovery-1_0.html, section 3 (as of 2026-11-23). */
function discoveryOf(issuer: string, algorithm: SigningAlgorithm): object {
  return {
    issuer,
    jwks_uri: `${issuer}/jwks`,
    token_endpoint: `${issuer}/token`,
    response_types_supported: ['token'],
    subject_types_supported: ['public'],
    grant_types_supported: ['client_credentials', 'password'],
    id_token_signing_alg_values_supported: [algorithm],
    token_shapes: tokenShapes,
  };
}

function sendDocument(response: ServerResponse, fault: OidcFault | undefined, document: object): void {
  switch (fault) {
    case undefined:
      sendJson(response, 200, document);
      break;
    case 'error':
      sendJson(response, 503, document);
      break;
    case 'redirect':
      response.writeHead(302, { location: '/elsewhere' }).end();
      break;
    case 'no-json':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
      break;
    case 'endless':
      response.writeHead(200, { 'content-type': 'application/json' });
      writeForever(response);
      break;
    case 'silence':
  }
}

function writeForever(response: ServerResponse): void {
  const chunk = ' '.repeat(16_384);
  const write = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', write);
  write();
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw new Error('the form is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
