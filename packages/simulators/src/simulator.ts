import { randomUUID } from 'node:crypto';
import type { Clock } from '@genai-gateway/core';
import { isPromptOperation, successStatus } from './bedrock-agent/prompt-routes.ts';
import { createPromptService } from './bedrock-agent/prompt-service.ts';
import type { SimulatedPrompt, SimulatedPrompts } from './bedrock-agent/simulated-prompt.ts';
import type { BedrockResources } from './bedrock-control/resources.ts';
import { checkMetadataHeader } from './converse/request-metadata.ts';
import { BedrockError, promptExceptionStatus } from './errors.ts';
import type { Answerable } from './operations.ts';
import { type BedrockRoute, bedrockRouteOf, prepare } from './prepare.ts';
import type { PlannedReply } from './reply/plan.ts';
import type { SimulatorScript } from './script/script.ts';
import { parseScript } from './script/script-parser.ts';
import { createScriptQueue } from './script/script-queue.ts';
import { answerControl, isControl } from './wire/control.ts';
import { isEnding, paddedFrame, scriptedFrame } from './wire/frames.ts';
import { createRequestLog, type LoggedRequest, type OpenRequest } from './wire/request-log.ts';
import { beforeAnswer, type Headers, type Outgoing, sendBody, sendFrames } from './wire/sender.ts';
import { type SimulatorCredentials, signedRegion, verifySignature } from './wire/sigv4.ts';
import { type Exchange, listen, type WireRequest } from './wire/transport.ts';

/** InvokeModel's ceiling. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html (as of 2026-11-22). */
const MAX_BODY_BYTES = 25_000_000;

export interface BedrockSimulatorOptions {
  /** 127.0.0.1 when absent. */
  readonly host?: string;
  /** 0 or absent: a free port. */
  readonly port?: number;
  /** The key pairs whose signatures are accepted. Absent: nothing is verified and no signature is needed. */
  readonly credentials?: readonly SimulatorCredentials[];
  /** Ids to host besides `knownModelIds`. */
  readonly extraModelIds?: readonly string[];
  /** Inference profiles, prompt routers and the like: what the control plane knows, and where calls of them go. */
  readonly resources?: BedrockResources;
  /** The managed prompts that are there from the start. */
  readonly prompts?: readonly SimulatedPrompt[];
  /** Where prompts are whose seed, or whose request, names no region; us-east-1 when absent. */
  readonly region?: string;
  /** For the skew of signatures and the log; the system's clock when absent. */
  readonly now?: Clock;
}

export interface BedrockSimulator {
  /** `http://host:port`: the endpoint to give an AWS SDK. */
  readonly url: string;
  readonly port: number;
  /** What arrived, oldest first; the last few hundred requests, those under way too. */
  requests(): readonly LoggedRequest[];
  clearRequests(): void;
  /** As `POST /_simulator/script`. Throws `ScriptError`. */
  script(script: SimulatorScript): void;
  clearScripts(): void;
  readonly prompts: SimulatedPrompts;
  /** Closes every connection at once, and resolves when nothing runs any more. */
  close(): Promise<void>;
}

/**
 * Starts a Bedrock runtime, and on the same port its control plane and its API of managed prompts, that answers by
 * itself: echo, directives in the text, or scripts. Rejects when the port is taken, or with a `BedrockError` when a
 * prompt is none.
 */
export async function startBedrockSimulator(options: BedrockSimulatorOptions = {}): Promise<BedrockSimulator> {
  const { credentials, extraModelIds = [], resources = {}, now = Date.now } = options;
  const promptService = createPromptService(options.prompts ?? [], options.region ?? 'us-east-1', now);
  const hosted = { extraModelIds, resources, promptService };
  const scripts = createScriptQueue();
  const log = createRequestLog();
  const underWay = new Set<Promise<void>>();

  async function answer(out: Outgoing, target: string, method: string, id: string): Promise<void> {
    const { exchange, record } = out;
    const body = await readBody(exchange.request);
    record.bodyText = body.toString('utf8');
    const route = bedrockRouteOf(method, target);
    if (route === undefined) throw new BedrockError('UnknownOperationException', 'The operation is unknown.');
    record.operation = route.operation;
    record.modelId = route.modelId;
    if (credentials !== undefined) {
      const signed = { method, target, headers: rawHeaders(exchange.request), body };
      verifySignature(signed, 'bedrock', credentials, now);
    }
    const prepared = prepare(route, body, hosted, signedRegion(record.headers['authorization']));
    if (route.operation.startsWith('invoke')) checkMetadataHeader(record.headers[METADATA_HEADER]);
    const reply = prepared.plan(
      scripts.take({ operation: route.operation, modelId: route.modelId, bodyText: record.bodyText }),
    );
    await beforeAnswer(out, reply);
    const headers = { 'x-amzn-RequestId': id, ...answerHeaders(route, reply) };
    if (route.operation.endsWith('-stream')) {
      await sendFrames(out, headers, framesOf(prepared, reply), reply);
    } else {
      await sendBody(out, successStatus(route.operation), headers, JSON.stringify(prepared.body(reply)), reply.fault);
    }
  }

  async function handle(exchange: Exchange): Promise<void> {
    const { request, response } = exchange;
    const method = request.method ?? '';
    const target = request.url ?? '/';
    const id = randomUUID();
    const record: OpenRequest = {
      id,
      operation: undefined,
      modelId: '',
      target,
      headers: headersOf(request),
      bodyText: '',
      protocol: exchange.protocol,
      startedAtMs: now(),
      status: 0,
      bytesSent: 0,
      eventsSent: 0,
      finished: false,
      aborted: false,
    };
    const gone = new AbortController();
    let cutByUs = false;
    const cutConnection = (): void => {
      cutByUs = true;
      exchange.cutConnection();
    };
    response.on('close', () => {
      record.aborted = !record.finished && !cutByUs;
      gone.abort();
    });
    response.on('error', () => gone.abort());
    const out: Outgoing = { exchange: { ...exchange, cutConnection }, record, signal: gone.signal };
    try {
      if (isControl(target)) {
        const body = (await readBody(request)).toString('utf8');
        const { status, body: text } = answerControl({ method, target, body }, scripts, log);
        await sendBody(out, status, {}, text);
        return;
      }
      log.add(record);
      await answer(out, target, method, id);
    } catch (error) {
      if (gone.signal.aborted) return;
      if (response.headersSent) cutConnection();
      else await sendError(out, error, id);
    }
  }

  const transport = await listen({ host: options.host ?? '127.0.0.1', port: options.port ?? 0 }, (exchange) => {
    const running = handle(exchange).finally(() => underWay.delete(running));
    underWay.add(running);
  });
  const urlHost = transport.host.includes(':') ? `[${transport.host}]` : transport.host;
  return {
    url: `http://${urlHost}:${transport.port}`,
    port: transport.port,
    requests: () => log.list(),
    clearRequests: () => log.clear(),
    script: (script) => scripts.add(parseScript(script)),
    clearScripts: () => scripts.clear(),
    prompts: promptService.prompts,
    close: async () => {
      await transport.close();
      await Promise.all(underWay);
    },
  };
}

/** Source: `InvokeModelRequest`, @aws-sdk/client-bedrock-runtime 3.1164.0 (read 2026-11-23). */
const METADATA_HEADER = 'x-amzn-bedrock-request-metadata';

function* framesOf(prepared: Answerable, reply: PlannedReply): Generator<Buffer> {
  if (reply.events !== undefined) {
    for (const event of reply.events) yield scriptedFrame(event);
    return;
  }
  for (const event of prepared.events(reply)) {
    if (reply.fault?.kind === 'no-message-stop' && isEnding(event)) return;
    yield paddedFrame(event);
  }
}

/** What InvokeModel says about itself in headers. Source: as for the body ceiling. */
function answerHeaders({ operation }: BedrockRoute, { usage, latencyMs }: PlannedReply): Headers {
  if (operation === 'invoke-with-response-stream') return { 'x-amzn-bedrock-content-type': 'application/json' };
  if (operation !== 'invoke') return {};
  const { cacheReadInputTokens: read, cacheWriteInputTokens: write } = usage;
  return {
    'x-amzn-bedrock-invocation-latency': String(latencyMs),
    'x-amzn-bedrock-input-token-count': String(usage.inputTokens),
    'x-amzn-bedrock-output-token-count': String(usage.outputTokens),
    ...(read === undefined ? {} : { 'x-amzn-bedrock-cache-read-input-token-count': String(read) }),
    ...(write === undefined ? {} : { 'x-amzn-bedrock-cache-write-input-token-count': String(write) }),
  };
}

async function sendError(out: Outgoing, error: unknown, id: string): Promise<void> {
  // A mistake of the simulator itself has to be seen by whoever runs it, not only by the client.
  if (!(error instanceof BedrockError)) process.emitWarning(error instanceof Error ? error : String(error));
  const known = error instanceof BedrockError ? error : new BedrockError('InternalServerException', String(error));
  const retryAfter = known.retryAfterSeconds === undefined ? {} : { 'retry-after': String(known.retryAfterSeconds) };
  const headers = { 'x-amzn-RequestId': id, 'x-amzn-ErrorType': known.exception, ...retryAfter };
  const ofPrompts = isPromptOperation(out.record.operation) ? promptExceptionStatus[known.exception] : undefined;
  await sendBody(out, ofPrompts ?? known.status, headers, JSON.stringify({ message: known.message }));
}

async function readBody(request: WireRequest): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // A body past the ceiling is read to its end and dropped, so that the client can read its error.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (bytes > MAX_BODY_BYTES) {
    throw new BedrockError('RequestEntityTooLargeException', `The body is longer than ${MAX_BODY_BYTES} bytes.`);
  }
  return Buffer.concat(chunks, bytes);
}

/** Header lines as they arrived, names in lower case, `:authority` of HTTP/2 among them, twice: once as `host`. */
function rawHeaders(request: WireRequest): readonly (readonly [string, string])[] {
  const raw = request.rawHeaders;
  const lines: [string, string][] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] ?? '').toLowerCase();
    if (!name.startsWith(':') || name === ':authority') lines.push([name, raw[at + 1] ?? '']);
  }
  const authority = lines.find(([name]) => name === ':authority');
  if (authority !== undefined && !lines.some(([name]) => name === 'host')) lines.push(['host', authority[1]]);
  return lines;
}

function headersOf(request: WireRequest): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const [name, value] of rawHeaders(request)) {
    if (!name.startsWith(':')) headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  return headers;
}
