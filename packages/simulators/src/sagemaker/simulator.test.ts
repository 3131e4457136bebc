import { Sha256 } from '@aws-crypto/sha256-js';
import { decodeFrame, FrameSplitter, forEachFrame } from '@genai-gateway/protocol';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { exceptionStatus } from '../errors.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { assemble } from '../openai/test-support/ask.ts';
import { type SagemakerSimulator, startSagemakerSimulator } from './simulator.ts';

const credentials = { accessKeyId: 'AKIASIMULATOR', secretAccessKey: 'not-a-secret' };

let simulator: SagemakerSimulator;

beforeAll(async () => {
  simulator = await startSagemakerSimulator({ credentials: [credentials] });
});
afterAll(() => simulator.close());
beforeEach(() => {
  simulator.clearRequests();
  simulator.clearScripts();
});

type Action = 'invocations' | 'invocations-response-stream';

async function invoke(body: JsonValue, action: Action = 'invocations', endpoint = 'my-endpoint'): Promise<Response> {
  const { hostname, port } = new URL(simulator.url);
  const signer = new SignatureV4({ service: 'sagemaker', region: 'us-east-1', credentials, sha256: Sha256 });
  const path = `/endpoints/${endpoint}/${action}`;
  const request = new HttpRequest({
    method: 'POST',
    hostname,
    path,
    headers: { host: `${hostname}:${port}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const { headers } = await signer.sign(request);
  return await fetch(simulator.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
}

interface ReadParts {
  /** What stood in the `PayloadPart`s, put together and read as server-sent events. */
  readonly events: readonly JsonObject[];
  readonly parts: number;
  readonly exceptions: readonly (readonly [type: string | undefined, body: JsonValue])[];
  readonly end: 'ended' | 'cut';
}

async function readParts(answer: Response): Promise<ReadParts> {
  const splitter = new FrameSplitter();
  const exceptions: [string | undefined, JsonValue][] = [];
  let text = '';
  let parts = 0;
  let end: ReadParts['end'] = 'cut';
  try {
    for await (const chunk of answer.body ?? []) {
      const run = splitter.push(Buffer.from(chunk));
      forEachFrame(run, (offset) => {
        const { eventType, exceptionType, payload } = decodeFrame(run, offset);
        if (eventType === 'PayloadPart') {
          parts += 1;
          text += payload.toString();
        } else exceptions.push([exceptionType, JSON.parse(payload.toString())]);
      });
    }
    end = 'ended';
  } catch {
    end = 'cut';
  }
  const events = text.split('\n\n').filter((event) => event !== '');
  return { events: events.map((event) => JSON.parse(event.replace(/^data: ?/, ''))), parts, exceptions, end };
}

const messages = (content: string): JsonObject => ({ messages: [{ role: 'user', content }] });
const tgi = (inputs: string, parameters: JsonObject = {}): JsonObject => ({ inputs, parameters });

describe('an endpoint that speaks OpenAI’s messages', () => {
  it('answers with usage, under the name of the endpoint', async () => {
    const answer = await invoke(messages('hello there'));
    expect(answer.headers.get('x-amzn-invoked-production-variant')).toBe('AllTraffic');
    expect(await answer.json()).toMatchObject({
      object: 'chat.completion',
      model: 'my-endpoint',
      choices: [{ message: { content: 'hello there' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3, completion_tokens: 3 },
    });
    expect(simulator.requests()).toMatchObject([
      {
        path: '/endpoints/my-endpoint/invocations',
        modelId: 'my-endpoint',
        body: messages('hello there'),
        finished: true,
      },
    ]);
  });

  it('streams chunks in payload parts, tool calls in fragments', async () => {
    const body = {
      ...messages('Look. [[sim tool=look input={"city":"Paris"} tool=go]]'),
      stream_options: { include_usage: true },
    };
    const answer = await invoke(body, 'invocations-response-stream');
    expect(answer.headers.get('content-type')).toBe('application/vnd.amazon.eventstream');
    expect(answer.headers.get('x-amzn-sagemaker-content-type')).toMatch(/^text\/event-stream/);
    const { events, end } = await readParts(answer);
    const { content, toolCalls, finishReason } = assemble(events);
    expect({ content, finishReason, end }).toEqual({ content: 'Look.', finishReason: 'tool_calls', end: 'ended' });
    expect(toolCalls.map(({ name, text }) => [name, text])).toEqual([
      ['look', '{"city":"Paris"}'],
      ['go', '{}'],
    ]);
    expect(events.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: expect.any(Number) } });
  });

  it('streams from the other path too when the body asks for it', async () => {
    const { events } = await readParts(await invoke({ ...messages('one two'), stream: true }));
    expect(assemble(events).content).toBe('one two');
    expect(simulator.requests()[0]?.operation).toBe('converse-stream');
  });

  it('refuses as its container does', async () => {
    const answer = await invoke({ messages: [] });
    expect(answer.status).toBe(424);
    expect(await answer.json()).toMatchObject({ ErrorCode: 'CLIENT_ERROR_FROM_MODEL', OriginalStatusCode: 400 });
  });
});

describe('an endpoint that generates text', () => {
  it('answers with the text, and with what was asked for beside it', async () => {
    expect(await (await invoke(tgi('hello there'))).json()).toEqual([{ generated_text: 'hello there' }]);
    const detailed = await invoke(tgi('one two three', { details: true, return_full_text: true, max_new_tokens: 1 }));
    expect(await detailed.json()).toMatchObject([
      { generated_text: 'one two threeone ', details: { finish_reason: 'length', generated_tokens: 1 } },
    ]);
    expect(await (await invoke(tgi('one two three', { stop: ['two'], details: true }))).json()).toMatchObject([
      { generated_text: 'one ', details: { finish_reason: 'stop_sequence' } },
    ]);
  });

  it('streams a token at a time, and the whole text with the last', async () => {
    const { events } = await readParts(await invoke(tgi('one two'), 'invocations-response-stream'));
    expect(events.map((event) => JSON.parse(JSON.stringify(event)).token.text)).toEqual([
      'one',
      ' two',
      '<|endoftext|>',
    ]);
    expect(events.map(({ generated_text }) => generated_text)).toEqual([null, null, 'one two']);
    expect(events.at(-1)).toMatchObject({
      token: { special: true },
      details: { finish_reason: 'eos_token', generated_tokens: 2 },
    });
  });

  it('has no token for the end of a text that was cut', async () => {
    const { events } = await readParts(
      await invoke(tgi('one two', { max_new_tokens: 1 }), 'invocations-response-stream'),
    );
    expect(events.at(-1)).toMatchObject({ token: { text: ' ', special: false }, details: { finish_reason: 'length' } });
  });

  it.each<[what: string, body: JsonValue]>([
    ['an empty prompt', tgi('')],
    ['no tokens', tgi('a', { max_new_tokens: 0 })],
    ['no warmth at all', tgi('a', { temperature: 0 })],
    ['a body of neither format', { prompt: 'a' }],
  ])('refuses %s', async (_, body) => {
    const answer = await invoke(body);
    expect(answer.status).toBe(424);
    expect(answer.headers.get('x-amzn-errortype')).toBe('ModelError');
    expect(await answer.json()).toMatchObject({ OriginalStatusCode: 422, OriginalMessage: expect.any(String) });
  });
});

it('an endpoint that is given a list embeds it, equal texts alike', async () => {
  const vectors = JSON.parse(await (await invoke({ inputs: ['a', 'b', 'a'] })).text());
  expect(vectors).toEqual([vectors[0], vectors[1], vectors[0]]);
  expect(vectors[0]).toHaveLength(384);
  expect(vectors[1]).not.toEqual(vectors[0]);
});

describe('errors', () => {
  it.each([
    ['ModelErrorException', 424, 'ModelError'],
    ['ModelNotReadyException', 429, 'ModelNotReadyException'],
    ['ThrottlingException', 400, 'ThrottlingException'],
    ['ServiceUnavailableException', 503, 'ServiceUnavailable'],
    ['InternalServerException', 500, 'InternalFailure'],
    ['ResourceNotFoundException', 400, 'ValidationError'],
    ['ValidationException', 400, 'ValidationError'],
  ])('%s on demand is a %i %s', async (name, status, type) => {
    const answer = await invoke(messages(`x [[sim error=${name}]]`), 'invocations-response-stream');
    expect(answer.status).toBe(status);
    expect(answer.headers.get('x-amzn-errortype')).toBe(type);
    expect(await answer.json()).toMatchObject({ Message: expect.stringContaining(`A scripted ${name}.`) });
  });

  it('every error that a script knows has a status of SageMaker', async () => {
    for (const name of Object.keys(exceptionStatus)) {
      const { status } = await invoke(messages(`x [[sim error=${name}]]`));
      expect({ name, isError: status >= 400 && status < 600 }).toEqual({ name, isError: true });
    }
  });

  it('no signature, an unknown path and a name that is none are refused', async () => {
    const unsigned = await fetch(`${simulator.url}/endpoints/my-endpoint/invocations`, { method: 'POST', body: '{}' });
    expect([unsigned.status, unsigned.headers.get('x-amzn-errortype')]).toEqual([
      403,
      'MissingAuthenticationTokenException',
    ]);
    expect((await fetch(`${simulator.url}/endpoints/x`, { method: 'POST' })).status).toBe(404);
    expect((await fetch(`${simulator.url}/endpoints/x/invocations`)).status).toBe(404);
    expect((await invoke(messages('x'), 'invocations', '-x')).headers.get('x-amzn-errortype')).toBe('ValidationError');
    expect((await invoke(messages('[[sim nonsense]]'))).headers.get('x-amzn-errortype')).toBe('ValidationError');
  });
});

describe('a stream that goes wrong', () => {
  const stream = (directive: string): Promise<Response> =>
    invoke(messages(`one two three [[sim ${directive}]]`), 'invocations-response-stream');

  it.each([
    ['modelStreamErrorException', 'ModelStreamError', { ErrorCode: 'StreamBroken' }],
    ['modelTimeoutException', 'ModelStreamError', { ErrorCode: 'ModelInvocationTimeExceeded' }],
    ['internalServerException', 'InternalStreamFailure', {}],
  ])('%s is a %s', async (name, type, more) => {
    const { parts, exceptions, end } = await readParts(await stream(`exception=${name} after=2`));
    expect({ parts, end }).toEqual({ parts: 2, end: 'ended' });
    expect(exceptions).toEqual([[type, { Message: `A scripted ${name}.`, ...more }]]);
  });

  it('is cut, damaged or unfinished on demand', async () => {
    expect(await readParts(await stream('cut after=2'))).toMatchObject({ parts: 2, end: 'cut' });
    expect(await readParts(await stream('corrupt after=2'))).toMatchObject({ parts: 2, end: 'cut' });
    const { events } = await readParts(await stream('unfinished'));
    expect(assemble(events)).toMatchObject({ content: 'one two three', finishReason: null });
  });

  it('goes out as it was scripted', async () => {
    const events = [
      { type: 'chunk', payload: { a: 1 } },
      { exception: 'ModelStreamError', message: 'no' },
    ] as const;
    simulator.script({ reply: { events } });
    expect(await readParts(await stream(''))).toMatchObject({
      events: [{ a: 1 }],
      exceptions: [['ModelStreamError', { message: 'no' }]],
    });
  });

  it('knows when the client left', async () => {
    const leaving = new AbortController();
    simulator.script({ reply: { fault: { kind: 'stall', afterEvents: 1 } } });
    const answer = await invoke(messages('x'), 'invocations-response-stream');
    void answer.body?.pipeTo(new WritableStream(), { signal: leaving.signal }).catch(() => {});
    expect(simulator.requests()[0]).toMatchObject({ aborted: false });
    leaving.abort();
    for (;;) {
      if (simulator.requests()[0]?.aborted === true) break;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(simulator.requests()[0]).toMatchObject({ eventsSent: 1, finished: false });
  });
});
