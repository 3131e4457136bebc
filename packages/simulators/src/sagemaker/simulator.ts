import { BedrockError } from '../errors.ts';
import { isObject, type JsonValue } from '../json.ts';
import type { Answer, Answerable } from '../openai/endpoint.ts';
import {
  type Call,
  headerLines,
  type ProviderOptions,
  type ProviderSimulator,
  serveProvider,
} from '../openai/http/provider-server.ts';
import { type Piece, sendPieces } from '../openai/http/stream-sender.ts';
import { type PlannedReply, planReply, seedOf } from '../reply/plan.ts';
import { beforeAnswer, sendBody } from '../wire/sender.ts';
import { type SimulatorCredentials, verifySignature } from '../wire/sigv4.ts';
import { askContainer } from './containers.ts';
import { sagemakerRefusal } from './errors.ts';
import { inPayloadParts, payloadParts, scriptedPart } from './payload-parts.ts';

export interface SagemakerSimulatorOptions extends ProviderOptions {
  /** The key pairs whose signatures are accepted. Absent: nothing is verified and no signature is needed. */
  readonly credentials?: readonly SimulatorCredentials[];
}

/** A fake SageMaker runtime that runs: its `url` is the endpoint to give an AWS SDK. */
export type SagemakerSimulator = ProviderSimulator;

const PATH = /^\/endpoints\/([^/]+)\/(invocations|invocations-response-stream)$/;

/** Source: `EndpointName` of the service's model (botocore 1.43.126, `sagemaker-runtime/2017-05-13`, read 2026-11-23). */
const ENDPOINT_NAME = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/;

/**
 * Starts a fake SageMaker runtime whose endpoints all exist and answer by themselves: echo, directives in the text, or
 * scripts. Rejects when the port is taken.
 *
 * One thing AWS does not do: `invocations` with `stream: true` in its body is answered as
 * `invocations-response-stream`. LiteLLM 1.106.2 calls the one URL of `sagemaker_base_url` for both and reads frames
 * whenever it streams (`llms/sagemaker/completion/handler.py`, `chat/transformation.py`, read 2026-11-23).
 */
export async function startSagemakerSimulator(options: SagemakerSimulatorOptions = {}): Promise<SagemakerSimulator> {
  const { credentials, now = Date.now } = options;
  return await serveProvider(options, {
    answer: async (call) => {
      const { record, request, body, scripts } = call;
      const { method, target } = record;
      const [, endpoint = '', action] = PATH.exec(record.path) ?? [];
      if (method !== 'POST' || action === undefined) {
        throw new BedrockError('UnknownOperationException', 'The operation is unknown.');
      }
      record.modelId = endpoint;
      record.bodyText = body.toString('utf8');
      record.body = parsed(record.bodyText);
      if (credentials !== undefined) {
        verifySignature({ method, target, headers: headerLines(request), body }, 'sagemaker', credentials, now);
      }
      if (!ENDPOINT_NAME.test(endpoint)) {
        throw new BedrockError('ValidationException', `'${endpoint}' is not the name of an endpoint.`);
      }
      const isAsked = isObject(record.body) && record.body['stream'] === true;
      const streamed = action === 'invocations-response-stream' || isAsked;
      const context = {
        id: record.id.replaceAll('-', ''),
        nowSeconds: Math.floor(now() / 1000),
        seed: seedOf(body),
      };
      const container = askContainer(body, { endpoint, streamed, context });
      record.operation = streamed ? 'converse-stream' : 'converse';
      const script = scripts.take({ operation: record.operation, modelId: endpoint, bodyText: record.bodyText });
      await respond(call, container, planReply(container.request, script ?? container.directed.reply));
    },
    refusalOf: (error, { id }) => sagemakerRefusal(error, id),
  });
}

async function respond({ out, record }: Call, container: Answerable, reply: PlannedReply): Promise<void> {
  await beforeAnswer(out, reply);
  const headers = { 'x-amzn-RequestId': record.id, 'x-Amzn-Invoked-Production-Variant': 'AllTraffic' };
  const answer = container.answer(reply);
  if (record.operation !== 'converse-stream') {
    const said = Buffer.concat([...saidBy(answer)].map(({ bytes }) => bytes));
    await sendBody(out, 200, headers, said.toString('utf8'), reply.fault);
    return;
  }
  const said = reply.events?.map(scriptedPart) ?? inPayloadParts(saidBy(answer));
  const contentType = answer.kind === 'pieces' ? answer.format.contentType : 'application/json';
  const streamHeaders = { ...headers, 'X-Amzn-SageMaker-Content-Type': contentType };
  await sendPieces(out, streamHeaders, payloadParts, said, reply);
}

/** What a container says, in the parts in which it says it. */
function saidBy(answer: Answer): Iterable<Piece> {
  if (answer.kind === 'pieces') return answer.pieces;
  const text = answer.kind === 'json' ? JSON.stringify(answer.body) : answer.body;
  return [{ bytes: Buffer.from(text), ends: true }];
}

function parsed(text: string): JsonValue | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
