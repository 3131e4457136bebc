import { describe, expect, it } from 'vitest';
import { parseScript } from './script-parser.ts';
import { createScriptQueue } from './script-queue.ts';

describe('parseScript', () => {
  it.each([
    [{ reply: {} }],
    [{ match: { modelId: 'm', operation: 'converse', contains: 'x' }, times: 3, reply: { text: '' } }],
    [{ reply: { toolCalls: [{ name: 'a' }, { name: 'b', input: '' }, { name: 'c', inputChunks: ['{', '}'] }] } }],
    [{ reply: { events: [{ type: 'x', payload: null }, { exception: 'y' }] } }],
    [{ reply: { fault: { kind: 'cut', afterBytes: 9 } } }],
  ])('takes %j', (script) => {
    expect(parseScript(script)).toEqual(script);
  });

  it.each([
    [null, 'script must be an object'],
    [{}, 'script.reply is missing'],
    [{ reply: {}, extra: 1 }, 'script.extra is unknown'],
    [{ reply: {}, times: 0 }, 'script.times must be a whole number from 1'],
    [{ reply: {}, match: { operation: 'chat' } }, 'script.match.operation must be one of converse,'],
    [{ reply: { paceMs: -1 } }, 'script.reply.paceMs must be a whole number from 0'],
    [{ reply: { chunks: ['a', 1] } }, 'script.reply.chunks[1] must be a string'],
    [{ reply: { toolCalls: [{ input: {} }] } }, 'script.reply.toolCalls[0].name is missing'],
    [{ reply: { toolCalls: [{ name: 'a', input: [] }] } }, 'script.reply.toolCalls[0].input must be an object'],
    [{ reply: { redactedReasoning: 'a' } }, 'script.reply.redactedReasoning must be base64'],
    [{ reply: { stopReason: 'stop' } }, 'script.reply.stopReason must be one of end_turn,'],
    [{ reply: { usage: { tokens: 1 } } }, 'script.reply.usage.tokens is unknown'],
    [{ reply: { events: [{ payload: {} }] } }, 'script.reply.events[0].type is missing'],
    [{ reply: { fault: { kind: 'boom' } } }, 'script.reply.fault.kind must be one of exception,'],
    [{ reply: { fault: { kind: 'cut' } } }, 'script.reply.fault.afterEvents is missing'],
    [{ reply: { fault: { kind: 'cut', afterBytes: 1, afterEvents: 1 } } }, 'fault.afterEvents is unknown'],
    [{ reply: { fault: { kind: 'exception', name: 'toString' } } }, 'script.reply.fault.name must be one of'],
  ])('refuses %j', (script, problem) => {
    expect(() => parseScript(script)).toThrow(problem);
  });
});

describe('the queue of scripts', () => {
  const request = { operation: 'converse', modelId: 'm', bodyText: 'a question about tea' } as const;

  it('serves the oldest that matches, as often as it says', () => {
    const queue = createScriptQueue();
    queue.add({ match: { modelId: 'other' }, reply: { text: 'not this' } });
    queue.add({ match: { operation: 'invoke' }, reply: { text: 'nor this' } });
    queue.add({ match: { contains: 'coffee' }, reply: { text: 'nor that' } });
    queue.add({ match: { modelId: 'm', operation: 'converse', contains: 'tea' }, times: 2, reply: { text: 'this' } });
    queue.add({ reply: { text: 'then this' } });
    const served = [1, 2, 3, 4].map(() => queue.take(request)?.text);
    expect(served).toEqual(['this', 'this', 'then this', undefined]);
    expect(queue.pending()).toHaveLength(3);
    queue.clear();
    expect(queue.pending()).toEqual([]);
  });
});
