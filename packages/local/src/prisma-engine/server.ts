import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { BatchReply, QueryEngine, TransactionOptions } from './engine.ts';
import { EngineError, errorItem } from './engine-error.ts';
import { type EngineReply, graphqlReply, isRecord } from './engine-reply.ts';
import { type DocumentField, parseDocument } from './graphql-document.ts';
import { isRaw, type Translator } from './json-protocol.ts';

/** What {@link createEngineServer} needs. */
export interface EngineServerOptions {
  readonly engine: QueryEngine;
  readonly translate: Translator;
  /** Gets each operation and its answer, as JSON text. For development: they hold secrets. */
  readonly record?: ((request: string, answer: string) => void) | undefined;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/**
 * The HTTP API of Prisma's native query engine, as far as prisma-client-python 0.11 uses it. Queries are
 * answered with status 200 and `data` or `errors`, transactions that cannot begin or end with 422, 404, 504 or
 * 500. (prisma-engines, query-engine/query-engine/src/server/mod.rs, and prisma/engine, read 2026-11-23)
 */
export function createEngineServer(options: EngineServerOptions): Server {
  const server = createServer((request, response) => {
    void answer(request, options)
      .catch((error: unknown): Answer => ({ status: 500, body: JSON.stringify(plainError(error)) }))
      .then(({ status, body }) => {
        const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
        response.writeHead(status, headers).end(body);
      });
  });
  // The client ends idle connections after 5 s; by then the server must not have done so.
  server.keepAliveTimeout = 120_000;
  return server;
}

async function answer(request: IncomingMessage, options: EngineServerOptions): Promise<Answer> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://engine');
  switch (`${request.method} ${pathname}`) {
    case 'GET /status':
      return { status: 200, body: '{"status":"ok"}' };
    case 'GET /metrics':
      return { status: 200, body: searchParams.get('format') === 'prometheus' ? '' : noMetrics };
    case 'POST /transaction/start':
      return answerTransaction(async () => {
        const id = await options.engine.startTransaction(transactionOptions(await readBody(request)));
        return { id };
      });
    case 'POST /':
      return answerQuery(request, options);
  }
  const [, id, how] = /^\/transaction\/([^/]+)\/(commit|rollback)$/.exec(pathname) ?? [];
  if (request.method !== 'POST' || id === undefined || (how !== 'commit' && how !== 'rollback')) {
    return { status: 404, body: '' };
  }
  return answerTransaction(async () => {
    await options.engine.endTransaction(id, how);
    return {};
  });
}

const noMetrics = '{"counters":[],"gauges":[],"histograms":[]}';

async function answerQuery(request: IncomingMessage, options: EngineServerOptions): Promise<Answer> {
  const header = request.headers['x-transaction-id'];
  const transaction = typeof header === 'string' ? header : undefined;
  const text = await readBody(request);
  const reply = await run(text, transaction, options).catch((error: unknown) => ({
    errors: [errorItem(asEngineError(error))],
  }));
  const body = JSON.stringify(reply);
  options.record?.(text, body);
  return { status: 200, body };
}

async function run(
  text: string,
  transaction: string | undefined,
  { engine, translate }: EngineServerOptions,
): Promise<EngineReply | BatchReply> {
  const body: unknown = JSON.parse(text);
  const batch = isRecord(body) && Array.isArray(body['batch']) ? body['batch'] : undefined;
  if (batch === undefined) {
    const document = documentOf(body);
    const operation = translate(document);
    return graphqlReply(await engine.query(operation, transaction), document.alias, isRaw(operation));
  }
  const documents = batch.map(documentOf);
  const operations = documents.map(translate);
  const atomic = isRecord(body) && body['transaction'] === true;
  const { batchResult, ...rest } = await engine.batch(operations, atomic, transaction);
  if (batchResult === undefined) return rest;
  const results = documents.map((document, index) => {
    const operation = operations[index];
    return graphqlReply(batchResult[index] ?? {}, document.alias, operation !== undefined && isRaw(operation));
  });
  return { ...rest, batchResult: results };
}

function documentOf(body: unknown): DocumentField {
  if (isRecord(body) && typeof body['query'] === 'string') return parseDocument(body['query']);
  throw new EngineError('P2009', 'The request holds no query.');
}

function transactionOptions(text: string): TransactionOptions {
  const body: unknown = JSON.parse(text);
  const { max_wait, timeout, isolation_level } = isRecord(body) ? body : {};
  return {
    ...(isMilliseconds(max_wait) ? { max_wait } : {}),
    ...(isMilliseconds(timeout) ? { timeout } : {}),
    ...(typeof isolation_level === 'string' ? { isolation_level } : {}),
  };
}

function isMilliseconds(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

async function answerTransaction(act: () => Promise<unknown>): Promise<Answer> {
  try {
    return { status: 200, body: JSON.stringify(await act()) };
  } catch (error) {
    const known = asEngineError(error);
    return { status: transactionStatus(known), body: JSON.stringify(plainError(known)) };
  }
}

/** The client has one exception for 422 and another for all the rest. */
function transactionStatus({ code, message }: EngineError): number {
  if (code !== 'P2028') return 500;
  if (message.includes('Unable to start')) return 504;
  if (message.includes('not found')) return 404;
  return message.includes('already closed') ? 422 : 500;
}

function plainError(error: unknown) {
  return errorItem(asEngineError(error)).user_facing_error;
}

/** What is no known error is a fault of this process or of the request. */
function asEngineError(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  return new EngineError('P2009', error instanceof Error ? error.message : String(error));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
