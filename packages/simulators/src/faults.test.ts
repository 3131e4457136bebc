import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { decodeFrame, FrameSplitter, forEachFrame } from '@genai-gateway/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ExceptionName, exceptionStatus } from './errors.ts';
import type { ScriptFault, ScriptReply } from './script/script.ts';
import { type BedrockSimulator, startBedrockSimulator } from './simulator.ts';
import type { LoggedRequest } from './wire/request-log.ts';

const path = '/model/amazon.nova-lite-v1%3A0';
const question = JSON.stringify({ messages: [{ role: 'user', content: [{ text: 'one two three four' }] }] });
/** messageStart, four deltas, contentBlockStop, messageStop, metadata. */
const EVENTS = 8;

let simulator: BedrockSimulator;

beforeEach(async () => {
  simulator = await startBedrockSimulator();
});
afterEach(() => simulator.close());

interface Received {
  readonly status: number | undefined;
  readonly events: readonly string[];
  readonly bytes: number;
  /** `ended`: as the protocol ends an answer. `cut`: otherwise. */
  readonly end: 'ended' | 'cut';
  readonly problem: string | undefined;
}

/** Reads a whole answer, by fetch or by a bare HTTP/2 session, and how it ended. */
async function receive(protocol: 'h1' | 'h2', operation: string): Promise<Received> {
  let status: number | undefined;
  let end: Received['end'] = 'cut';
  const body: Buffer[] = [];
  if (protocol === 'h1') {
    try {
      const answer = await fetch(`${simulator.url}${path}/${operation}`, { method: 'POST', body: question });
      status = answer.status;
      for await (const chunk of answer.body ?? []) body.push(Buffer.from(chunk));
      end = 'ended';
    } catch {
      end = 'cut';
    }
  } else {
    const session = connectHttp2(simulator.url);
    session.on('error', () => {});
    const stream = session.request({ ':method': 'POST', ':path': `${path}/${operation}` });
    stream.on('response', (headers) => {
      status = Number(headers[':status']);
    });
    stream.on('data', (chunk: Buffer) => body.push(chunk));
    stream.on('end', () => {
      end = stream.rstCode === 0 && !session.destroyed ? 'ended' : 'cut';
    });
    stream.on('error', () => {});
    stream.end(question);
    await new Promise((resolve) => stream.on('close', resolve));
    if (session.destroyed || session.closed) end = 'cut';
    session.destroy();
  }
  const bytes = Buffer.concat(body);
  const events: string[] = [];
  let problem: string | undefined;
  try {
    const run = new FrameSplitter().push(bytes);
    forEachFrame(run, (offset) => {
      const frame = decodeFrame(run, offset);
      events.push(frame.eventType ?? `!${frame.exceptionType}`);
    });
  } catch (error) {
    problem = String((error as Error).cause ?? error);
  }
  return { status, events, bytes: bytes.length, end, problem };
}

/** Waits for the log to say so; the vitest timeout is the limit. */
async function logged(condition: (request: LoggedRequest) => boolean): Promise<LoggedRequest> {
  for (;;) {
    const found = simulator.requests().find(condition);
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function fault(value: ScriptFault, more: Omit<ScriptReply, 'fault'> = {}): void {
  simulator.script({ reply: { ...more, fault: value } });
}

describe.each(['h1', 'h2'] as const)('over %s', (protocol) => {
  it('a stream without a fault ends well', async () => {
    expect(await receive(protocol, 'converse-stream')).toMatchObject({ status: 200, end: 'ended' });
    expect(simulator.requests()).toMatchObject([{ protocol, eventsSent: EVENTS, finished: true, aborted: false }]);
  });

  it.each([0, 1, 3])('a cut after %i events shows exactly those', async (afterEvents) => {
    fault({ kind: 'cut', afterEvents });
    const received = await receive(protocol, 'converse-stream');
    expect(received.events).toHaveLength(afterEvents);
    expect(received.end).toBe('cut');
    expect(await logged(() => true)).toMatchObject({ eventsSent: afterEvents, finished: false, aborted: false });
  });

  it('a cut after so many bytes ends inside a frame', async () => {
    fault({ kind: 'cut', afterBytes: 333 });
    const received = await receive(protocol, 'converse-stream');
    expect(received).toMatchObject({ bytes: 333, end: 'cut' });
    expect(received.events.length).toBeGreaterThan(0);
    expect(simulator.requests()[0]).toMatchObject({ bytesSent: 333, finished: false, aborted: false });
  });

  it('a cut of an unstreamed answer', async () => {
    fault({ kind: 'cut', afterBytes: 20 });
    expect(await receive(protocol, 'converse')).toMatchObject({
      end: 'cut',
      bytes: protocol === 'h1' ? expect.any(Number) : 20,
    });
    fault({ kind: 'cut', afterEvents: 0 });
    expect(await receive(protocol, 'converse')).toMatchObject({ status: undefined, end: 'cut' });
  });

  it('a stream that ends without messageStop', async () => {
    fault({ kind: 'no-message-stop' });
    const received = await receive(protocol, 'converse-stream');
    expect(received).toMatchObject({ end: 'ended' });
    expect(received.events.at(-1)).toBe('contentBlockStop');
  });

  it('an exception in the stream is its last frame', async () => {
    fault({ kind: 'stream-exception', name: 'throttlingException', afterEvents: 2 });
    const received = await receive(protocol, 'converse-stream');
    expect(received.events).toEqual(['messageStart', 'contentBlockDelta', '!throttlingException']);
    expect(received.end).toBe('ended');
  });

  it('a wrong checksum in one frame', async () => {
    fault({ kind: 'corrupt-crc', afterEvents: 2 });
    const received = await receive(protocol, 'converse-stream');
    expect(received.problem).toMatch(/message CRC/);
    expect(received.events).toHaveLength(2);
  });

  it('scripted events go out as they are', async () => {
    simulator.script({
      reply: {
        events: [
          { type: 'heartbeat', payload: {} },
          { exception: 'validationException', message: 'no' },
        ],
      },
    });
    expect((await receive(protocol, 'converse-stream')).events).toEqual(['heartbeat', '!validationException']);
  });

  it('a stall lasts until the client leaves, which is seen at once', async () => {
    fault({ kind: 'stall', afterEvents: 2 });
    const leave = leavingClient(protocol, 'converse-stream');
    await logged(({ eventsSent }) => eventsSent === 2);
    expect(simulator.requests()[0]).toMatchObject({ finished: false, aborted: false });
    leave();
    expect(await logged(({ aborted }) => aborted)).toMatchObject({ eventsSent: 2, finished: false });
  });

  it('a client that leaves before the first byte is seen too', async () => {
    simulator.script({ reply: { firstByteDelayMs: 600_000 } });
    const leave = leavingClient(protocol, 'converse');
    await logged(({ operation }) => operation === 'converse');
    leave();
    expect(await logged(({ aborted }) => aborted)).toMatchObject({ status: 0, bytesSent: 0, finished: false });
  });

  it('nothing more is made for a client that left', async () => {
    simulator.script({ reply: { chunks: Array.from({ length: 10_000 }, () => 'x'), paceMs: 1 } });
    const leave = leavingClient(protocol, 'converse-stream');
    await logged(({ eventsSent }) => eventsSent > 3);
    leave();
    const { eventsSent } = await logged(({ aborted }) => aborted);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(simulator.requests()[0]?.eventsSent).toBe(eventsSent);
  });

  it('a client that does not read stops the stream', async () => {
    const chunks = Array.from({ length: 4000 }, () => 'x'.repeat(10_000));
    simulator.script({ reply: { chunks } });
    const leave = leavingClient(protocol, 'converse-stream');
    const before = await logged(({ eventsSent }) => eventsSent > 0);
    // As long as the count still grows, the kernel's buffers are not full.
    let last = -1;
    let sent = before.eventsSent;
    while (sent !== last) {
      last = sent;
      await new Promise((resolve) => setTimeout(resolve, 100));
      sent = simulator.requests()[0]?.eventsSent ?? 0;
    }
    expect(sent).toBeLessThan(4000);
    leave();
    expect(await logged(({ aborted }) => aborted)).toMatchObject({ finished: false });
  });
});

/** Asks and reads nothing. The function it gives drops the connection. */
function leavingClient(protocol: 'h1' | 'h2', operation: string): () => void {
  if (protocol === 'h1') {
    const socket = connect(simulator.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      `POST ${path}/${operation} HTTP/1.1\r\nhost: x\r\ncontent-length: ${question.length}\r\n\r\n${question}`,
    );
    return () => socket.destroy();
  }
  const session = connectHttp2(simulator.url);
  session.on('error', () => {});
  const stream = session.request({ ':method': 'POST', ':path': `${path}/${operation}` });
  stream.on('error', () => {});
  stream.end(question);
  return () => session.destroy();
}

describe('an error instead of an answer', () => {
  it.each(Object.entries(exceptionStatus) as [ExceptionName, number][])('%s has status %i', async (name, status) => {
    fault({
      kind: 'exception',
      name,
      message: 'no',
      ...(name === 'ModelNotReadyException' ? { retryAfterSeconds: 7 } : {}),
    });
    const answer = await fetch(`${simulator.url}${path}/converse-stream`, { method: 'POST', body: question });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('x-amzn-errortype')).toBe(name);
    expect(answer.headers.get('x-amzn-requestid')).toBe(simulator.requests()[0]?.id);
    expect(await answer.json()).toEqual({ message: 'no' });
    const retryAfter = { ThrottlingException: '1', ServiceUnavailableException: '1', ModelNotReadyException: '7' };
    expect(answer.headers.get('retry-after')).toBe({ ...retryAfter }[String(name)] ?? null);
  });

  it('is not in the way of the next request', async () => {
    fault({ kind: 'exception', name: 'InternalServerException' });
    expect((await receive('h1', 'converse')).status).toBe(500);
    expect((await receive('h1', 'converse')).status).toBe(200);
  });
});

it.each([
  ['HTTP/1.1', 'POST /x HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 'HTTP/1.1 404'],
  // With an empty SETTINGS frame; the server greets with one of its own, whose length and type come first.
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', '\0\0\0\x04'],
])('serves %s when its first bytes come one by one', async (_, opening, answer) => {
  const socket = connect({ port: simulator.port, host: '127.0.0.1', noDelay: true });
  const first = new Promise<Buffer>((resolve) => socket.once('data', resolve));
  await once(socket, 'connect');
  for (const byte of opening) {
    // Long enough for the server, in this same process, to accept and to read byte by byte.
    await new Promise((resolve) => setTimeout(resolve, 5));
    socket.write(byte, 'latin1');
  }
  expect((await first).toString('latin1').slice(0, answer.length)).toBe(answer);
  socket.destroy();
});

it('close() ends what is under way', async () => {
  fault({ kind: 'stall', afterEvents: 1 });
  const pending = receive('h1', 'converse-stream');
  await logged(({ eventsSent }) => eventsSent === 1);
  await simulator.close();
  expect((await pending).end).toBe('cut');
});
