import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ScriptFault, ScriptReply } from '../script/script.ts';
import type { ProviderRequest } from './http/provider-log.ts';
import { type OpenaiSimulator, startOpenaiSimulator } from './simulator.ts';
import { assemble, post, readStream, say } from './test-support/ask.ts';

const chat = '/v1/chat/completions';
/** The role, four words, the end, and the line that closes the stream. */
const EVENTS = 7;
const question = say('one two three four', { stream: true });

let simulator: OpenaiSimulator;

beforeEach(async () => {
  simulator = await startOpenaiSimulator();
});
afterEach(() => simulator.close());

/** Waits for the log to say so; the vitest timeout is the limit. */
async function logged(condition: (request: ProviderRequest) => boolean): Promise<ProviderRequest> {
  for (;;) {
    const found = simulator.requests().find(condition);
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function fault(value: ScriptFault, more: Omit<ScriptReply, 'fault'> = {}): void {
  simulator.script({ reply: { ...more, fault: value } });
}

/** Asks and reads nothing. The function it gives drops the connection. */
function leavingClient(body = JSON.stringify(question)): () => void {
  const socket = connect(simulator.port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(`POST ${chat} HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
  return () => socket.destroy();
}

describe('a stream', () => {
  it('without a fault ends well', async () => {
    const { events, end } = await readStream(await post(simulator, chat, question));
    expect({ count: events.length, end }).toEqual({ count: EVENTS, end: 'ended' });
    expect(simulator.requests()).toMatchObject([{ eventsSent: EVENTS, finished: true, aborted: false }]);
  });

  it.each([0, 1, 3, EVENTS + 5])('that is cut after %i events shows exactly those', async (afterEvents) => {
    fault({ kind: 'cut', afterEvents });
    const { events, end } = await readStream(await post(simulator, chat, question));
    expect({ count: events.length, end }).toEqual({ count: Math.min(afterEvents, EVENTS), end: 'cut' });
    expect(await logged(() => true)).toMatchObject({ finished: false, aborted: false });
  });

  it('that is cut after so many bytes ends inside an event', async () => {
    fault({ kind: 'cut', afterBytes: 333 });
    expect(await readStream(await post(simulator, chat, question))).toMatchObject({ bytes: 333, end: 'cut' });
  });

  it('that is unfinished has neither an end nor a closing line', async () => {
    fault({ kind: 'no-message-stop' });
    const { events, end } = await readStream(await post(simulator, chat, question));
    expect(end).toBe('ended');
    expect(assemble(events)).toMatchObject({ content: 'one two three four', finishReason: null });
    expect(events).not.toContain('[DONE]');
  });

  it('that fails says so in an event, and ends', async () => {
    fault({ kind: 'stream-exception', name: 'throttlingException', message: 'slow down', afterEvents: 2 });
    const { events, end } = await readStream(await post(simulator, chat, question));
    expect(end).toBe('ended');
    expect(events.slice(2)).toEqual([
      { error: { message: 'slow down', type: 'requests', param: null, code: 'rate_limit_exceeded' } },
    ]);
  });

  it('of Responses fails by an event with a name', async () => {
    fault({ kind: 'stream-exception', name: 'internalServerException', afterEvents: 3 });
    const answer = await post(simulator, '/v1/responses', { model: 'm', input: 'one two', stream: true });
    const text = await answer.text();
    expect(text).toContain('event: error\ndata: {"type":"error"');
    expect(text).not.toContain('response.completed');
  });

  it('can have an event that is damaged', async () => {
    fault({ kind: 'corrupt-crc', afterEvents: 2 });
    const { events } = await readStream(await post(simulator, chat, question));
    expect(events.map((event) => typeof event)).toEqual([
      'object',
      'object',
      'string',
      'object',
      'object',
      'object',
      'string',
    ]);
  });

  it('goes out as it was scripted', async () => {
    simulator.script({
      reply: {
        events: [
          { type: 'chunk', payload: { a: 1 } },
          { type: 'ping', payload: {} },
        ],
      },
    });
    const answer = await post(simulator, chat, question);
    expect(await answer.text()).toBe('data: {"a":1}\n\nevent: ping\ndata: {}\n\n');
  });

  it('keeps the pace of its plan', async () => {
    const startedAt = performance.now();
    simulator.script({ reply: { text: 'a b c', firstByteDelayMs: 20, firstEventDelayMs: 20, paceMs: 20 } });
    await readStream(await post(simulator, chat, question));
    // Two silences at the beginning and five between six events; timers may fire a little early.
    expect(performance.now() - startedAt).toBeGreaterThan(7 * 20 - 10);
  });
});

describe('an answer that is no stream', () => {
  it('is cut', async () => {
    fault({ kind: 'cut', afterEvents: 0 });
    await expect(post(simulator, chat, say('x'))).rejects.toThrow();
    fault({ kind: 'cut', afterBytes: 20 });
    const answer = await post(simulator, chat, say('x'));
    await expect(answer.text()).rejects.toThrow();
  });
});

describe('a client that leaves', () => {
  it('a silent stream is seen at once', async () => {
    fault({ kind: 'stall', afterEvents: 2 });
    const leave = leavingClient();
    await logged(({ eventsSent }) => eventsSent === 2);
    expect(simulator.requests()[0]).toMatchObject({ finished: false, aborted: false });
    leave();
    expect(await logged(({ aborted }) => aborted)).toMatchObject({ eventsSent: 2, finished: false });
  });

  it('before the first byte is seen too', async () => {
    simulator.script({ reply: { firstByteDelayMs: 600_000 } });
    const leave = leavingClient();
    await logged(({ operation }) => operation === 'converse-stream');
    leave();
    expect(await logged(({ aborted }) => aborted)).toMatchObject({ status: 0, bytesSent: 0, finished: false });
  });

  it('in the midst of its own request is seen too', async () => {
    const socket = connect(simulator.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(`POST ${chat} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{`);
    await logged(() => true);
    socket.destroy();
    expect(await logged(({ aborted }) => aborted)).toMatchObject({ status: 0, finished: false });
  });

  it('gets nothing more made for it', async () => {
    simulator.script({ reply: { chunks: Array.from({ length: 10_000 }, () => 'x'), paceMs: 1 } });
    const leave = leavingClient();
    await logged(({ eventsSent }) => eventsSent > 3);
    leave();
    const { eventsSent } = await logged(({ aborted }) => aborted);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(simulator.requests()[0]?.eventsSent).toBe(eventsSent);
  });

  it('or does not read stops the stream', async () => {
    simulator.script({ reply: { chunks: Array.from({ length: 4000 }, () => 'x'.repeat(10_000)) } });
    const leave = leavingClient();
    let last = -1;
    let sent = (await logged(({ eventsSent }) => eventsSent > 0)).eventsSent;
    // As long as the count still grows, the kernel's buffers are not full.
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

it('close() ends what is under way', async () => {
  fault({ kind: 'stall', afterEvents: 1 });
  const pending = post(simulator, chat, question).then(readStream);
  await logged(({ eventsSent }) => eventsSent === 1);
  await simulator.close();
  expect((await pending).end).toBe('cut');
});
