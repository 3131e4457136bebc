import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { albEvent, maxFunctionBytes, sendAlbAnswer } from './alb-event.ts';

/** What Lambda calls. */
export type Handler = (event: unknown, context: FunctionContext) => Promise<unknown>;

/** As much of Lambda's context as functions may rely on: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html (as of 2026-11-23). */
interface FunctionContext {
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  readonly memoryLimitInMB: string;
  readonly awsRequestId: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly callbackWaitsForEmptyEventLoop: boolean;
  getRemainingTimeInMillis(): number;
}

export interface FunctionsServer {
  readonly url: string;
  /** Starts a function as EventBridge would. */
  invoke(name: string, event: unknown): Promise<void>;
  close(): Promise<void>;
}

/** Path of a request that a load balancer would hand to a function: this, and the request's own path. */
export const functionPrefix = (name: string): string => `/functions/${name}`;

const REQUEST_LIMIT_MS = 29_000;
const TASK_LIMIT_MS = 900_000;
const INVOKE = /^\/2015-03-31\/functions\/([a-z-]+)\/invocations$/;
const BY_LOAD_BALANCER = /^\/functions\/([a-z-]+)(\/.*)$/s;

/**
 * Lambda on one machine, as far as functions see it: serves requests as a load balancer would hand them on, and Lambda's
 * own Invoke, which the AWS SDK and `aws lambda invoke --endpoint-url` call.
 *
 * @param load A function's handler by its name; undefined: there is none of this name.
 */
export function startFunctionsServer(
  load: (name: string) => Promise<Handler | undefined>,
  onFailure: (name: string, error: unknown) => void,
): Promise<FunctionsServer> {
  const underWay = new Set<Promise<unknown>>();
  const server = createServer((request, response) => {
    void serve(request, response).catch((error: unknown) => {
      onFailure('the stand-in for Lambda', error);
      response.destroy();
    });
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = '/'] = (request.url ?? '/').split('?');
    const invoked = INVOKE.exec(path)?.[1];
    const [, called, rest] = BY_LOAD_BALANCER.exec(request.url ?? '') ?? [];
    const name = invoked ?? called;
    const handler = name === undefined ? undefined : await load(name);
    const body = await bodyOf(request);
    if (name === undefined || handler === undefined) {
      response
        .writeHead(404, { 'x-amzn-errortype': 'ResourceNotFoundException' })
        .end('{"Message":"Function not found"}');
    } else if (invoked !== undefined) await invoke(name, handler, request, body, response);
    else if (body.length > maxFunctionBytes) response.writeHead(413).end();
    else {
      request.url = rest ?? '/';
      const answer = await run(name, handler, albEvent(name, request, body), REQUEST_LIMIT_MS);
      sendAlbAnswer(response, 'failure' in answer ? undefined : answer.result);
    }
  }

  async function invoke(
    name: string,
    handler: Handler,
    request: IncomingMessage,
    body: Buffer,
    response: ServerResponse,
  ): Promise<void> {
    const running = run(name, handler, body.length === 0 ? {} : JSON.parse(body.toString()), TASK_LIMIT_MS);
    if (request.headers['x-amz-invocation-type'] === 'Event') {
      track(running);
      response.writeHead(202).end();
      return;
    }
    const answer = await running;
    if ('failure' in answer) {
      const { name: errorType, message: errorMessage } = answer.failure;
      response.writeHead(200, { 'x-amz-function-error': 'Unhandled' }).end(JSON.stringify({ errorType, errorMessage }));
    } else response.writeHead(200).end(JSON.stringify(answer.result) ?? 'null');
  }

  /** It is waited for at the end. */
  function track(running: Promise<unknown>): void {
    underWay.add(running);
    void running.finally(() => underWay.delete(running));
  }

  async function run(
    name: string,
    handler: Handler,
    event: unknown,
    limitMs: number,
  ): Promise<{ readonly result: unknown } | { readonly failure: Error }> {
    try {
      return { result: await handler(event, contextOf(name, limitMs)) };
    } catch (error) {
      onFailure(name, error);
      return { failure: error instanceof Error ? error : new Error(String(error)) };
    }
  }

  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve({
        url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
        invoke: async (name, event) => {
          const task = async () => {
            const handler = await load(name);
            if (handler !== undefined) await run(name, handler, event, TASK_LIMIT_MS);
          };
          const running = task().catch((error: unknown) => onFailure(name, error));
          track(running);
          await running;
        },
        close: async () => {
          server.close();
          server.closeIdleConnections();
          await Promise.allSettled(underWay);
          server.closeAllConnections();
        },
      });
    });
  });
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function contextOf(functionName: string, limitMs: number): FunctionContext {
  const endsAtMs = Date.now() + limitMs;
  return {
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
    memoryLimitInMB: '512',
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => endsAtMs - Date.now(),
  };
}
