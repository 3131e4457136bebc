import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import {
  ApplyGuardrailCommand,
  BedrockRuntimeClient,
  type BedrockRuntimeClientConfig,
  ConverseCommand,
  ConverseStreamCommand,
  CountTokensCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { callPython } from './python.ts';
import { at, type CallOptions, encode, type Failure, type Reply } from './reply.ts';
import { world } from './world.ts';

/** The operations of Bedrock's runtime, by the names of the JavaScript SDK. */
const commands = {
  Converse: ConverseCommand,
  ConverseStream: ConverseStreamCommand,
  InvokeModel: InvokeModelCommand,
  InvokeModelWithResponseStream: InvokeModelWithResponseStreamCommand,
  CountTokens: CountTokensCommand,
  ApplyGuardrail: ApplyGuardrailCommand,
} as const;

type NativeOperation = keyof typeof commands;

/** An AWS SDK in one of the ways in which it reaches the gateway. */
export interface NativeClient {
  readonly name: string;
  readonly isPython: boolean;
  send(operation: NativeOperation, input: object, options?: CallOptions): Promise<Reply>;
}

// The default handler of the JavaScript SDK takes no authority of its own; NODE_EXTRA_CA_CERTS is read at start only.
setDefaultCACertificates([...getCACertificates('default'), readFileSync(world.ca, 'utf8')]);

const address = (tls: boolean, options: CallOptions): string =>
  (tls ? world.https : (options.http ?? world.http)) + (options.prefix ?? '/bedrock');

/** All of them; those in Python are left out where there is none. */
export const nativeClients: readonly NativeClient[] = [
  boto3('boto3, TLS, AWS_BEARER_TOKEN_BEDROCK'),
  boto3('boto3, http, UNSIGNED and a hook', 'before-call'),
  awsSdk('AWS SDK for JS, h2c', false, {}),
  awsSdk('AWS SDK for JS, TLS h2', true, {}),
  awsSdk('AWS SDK for JS, NodeHttpHandler', false, { requestHandler: new NodeHttpHandler() }),
];

/** boto3 over TLS; or over HTTP, unsigned, with a hook on one of its events that sets the key. */
export function boto3(name: string, hook?: 'before-call' | 'request-created'): NativeClient {
  const tls = hook === undefined;
  return {
    name,
    isPython: true,
    send: (operation, input, options = {}) =>
      callPython(
        {
          api: 'bedrock',
          method: operation.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase(),
          streams: operation.endsWith('Stream'),
          input,
          endpoint: address(tls, options),
          hook,
          ...(tls ? { ca: world.ca } : {}),
        },
        options,
      ),
  };
}

function awsSdk(name: string, tls: boolean, config: BedrockRuntimeClientConfig): NativeClient {
  return {
    name,
    isPython: false,
    send: async (operation, input, options = {}) => {
      const key = options.key === undefined ? world.keys.good : options.key;
      const client = new BedrockRuntimeClient({
        region: 'us-east-1',
        endpoint: address(tls, options),
        maxAttempts: options.attempts ?? 1,
        credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'unused' },
        ...(key === null ? {} : { token: { token: key }, authSchemePreference: ['httpBearerAuth'] }),
        ...config,
      });
      try {
        return await sendAws(client, operation, input, options);
      } finally {
        if (config.requestHandler === undefined) client.destroy();
      }
    },
  };
}

async function sendAws(
  client: BedrockRuntimeClient,
  operation: NativeOperation,
  input: object,
  options: CallOptions,
): Promise<Reply> {
  const abort = new AbortController();
  const timer = options.giveUpMs === undefined ? undefined : setTimeout(() => abort.abort(), options.giveUpMs);
  let events: unknown[] | undefined;
  let headers: Readonly<Record<string, string>> | undefined;
  client.middlewareStack.add(
    (next) => async (given) => {
      const result = await next(given);
      headers = at(result.response, 'headers') as typeof headers;
      return result;
    },
    { step: 'deserialize', priority: 'low' },
  );
  try {
    // The inputs of a table of tests cannot be typed by operation; one command stands for them all.
    const Command = commands[operation] as typeof ConverseCommand;
    const answer: unknown = await client.send(new Command(input as never), { abortSignal: abort.signal });
    const stream = at(answer, operation === 'InvokeModelWithResponseStream' ? 'body' : 'stream');
    if (stream === undefined) return { output: plain(answer), headers: { ...headers } };
    events = [];
    for await (const event of stream as AsyncIterable<unknown>) {
      events.push(plain(event));
      if (events.length === options.leaveAfter) {
        abort.abort();
        break;
      }
    }
    return { events, headers: { ...headers } };
  } catch (error) {
    return { ...(events === undefined ? {} : { events }), failure: awsFailure(error) };
  } finally {
    clearTimeout(timer);
  }
}

function plain(value: unknown): unknown {
  const json: unknown = JSON.parse(encode(value));
  if (json !== null && typeof json === 'object' && '$metadata' in json) delete json.$metadata;
  return json;
}

function awsFailure(error: unknown): Failure {
  const status = at(error, '$metadata', 'httpStatusCode');
  const retryAfter = at(error, '$response', 'headers', 'retry-after');
  return {
    name: error instanceof Error ? error.name : 'not an error',
    message: String(at(error, 'message')),
    status: typeof status === 'number' ? status : undefined,
    retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
  };
}
