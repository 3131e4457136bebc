import { EventStreamCodec, Int64, type MessageHeaders } from '@smithy/eventstream-codec';
import { fromUtf8, toUtf8 } from '@smithy/util-utf8';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crc32, crc32OfEight } from './crc32.ts';
import {
  decodeFrame,
  encodeEventFrame,
  encodeExceptionFrame,
  FrameSplitter,
  forEachFrame,
  frameEncoder,
  peekEventType,
} from './frame.ts';

/** AWS's own codec is the oracle. */
const oracle = new EventStreamCodec(toUtf8, fromUtf8);

function fromOracle(headers: MessageHeaders, body: string | Uint8Array): Buffer {
  return Buffer.from(oracle.encode({ headers, body: typeof body === 'string' ? fromUtf8(body) : body }));
}

const eventHeaders: MessageHeaders = {
  ':event-type': { type: 'string', value: 'contentBlockDelta' },
  ':content-type': { type: 'string', value: 'application/json' },
  ':message-type': { type: 'string', value: 'event' },
};

const everyHeaderType: MessageHeaders = {
  yes: { type: 'boolean', value: true },
  no: { type: 'boolean', value: false },
  byte: { type: 'byte', value: -7 },
  short: { type: 'short', value: -300 },
  integer: { type: 'integer', value: 70_000 },
  long: { type: 'long', value: Int64.fromNumber(2 ** 40) },
  binary: { type: 'binary', value: Uint8Array.of(0, 255, 58, 101, 118) },
  text: { type: 'string', value: 'žluťoučký 🐎' },
  time: { type: 'timestamp', value: new Date(1_700_000_000_000) },
  uuid: { type: 'uuid', value: '01234567-89ab-cdef-0123-456789abcdef' },
};

describe('decodeFrame reads what the oracle wrote', () => {
  const rows: readonly [name: string, headers: MessageHeaders, body: string][] = [
    ['an event', eventHeaders, '{"delta":{"text":"hi"}}'],
    ['an empty payload', eventHeaders, ''],
    ['no headers at all', {}, '{}'],
    ['unicode in the payload', eventHeaders, '{"text":"こんにちは 🐎 \u2028"}'],
    ['every header type before the event type', { ...everyHeaderType, ...eventHeaders }, 'x'],
    ['every header type after the event type', { ...eventHeaders, ...everyHeaderType }, 'x'],
    [
      'an exception',
      {
        ':exception-type': { type: 'string', value: 'throttlingException' },
        ':message-type': { type: 'string', value: 'exception' },
      },
      '{"message":"slow down"}',
    ],
    [
      'an error without a type of exception',
      {
        ':error-code': { type: 'string', value: 'InternalError' },
        ':error-message': { type: 'string', value: 'broken' },
        ':message-type': { type: 'string', value: 'error' },
      },
      '',
    ],
    ['an empty header value', { ':event-type': { type: 'string', value: '' } }, ''],
  ];
  test.each(rows)('%s', (_name, headers, body) => {
    const bytes = fromOracle(headers, body);
    const frame = decodeFrame(bytes);
    const read = oracle.decode(bytes);
    const text = (name: string) => read.headers[name]?.value;
    expect(frame.payload.toString()).toBe(body);
    expect(frame.messageType).toBe(text(':message-type') ?? 'event');
    expect(frame.eventType).toBe(text(':event-type'));
    expect(frame.exceptionType).toBe(text(':exception-type') ?? text(':error-code'));
    expect(peekEventType(bytes, 0)).toBe(frame.eventType);
  });

  test('a header of another type is not taken for the event type', () => {
    const bytes = fromOracle({ ':event-type': { type: 'binary', value: fromUtf8('messageStop') } }, '');
    expect(decodeFrame(bytes).eventType).toBeUndefined();
    expect(peekEventType(bytes, 0)).toBeUndefined();
  });

  test('another header of eleven letters with a v is not taken for the event type', () => {
    const bytes = fromOracle({ 'x-vendor-id': { type: 'string', value: 'acme' }, ...eventHeaders }, '');
    expect(peekEventType(bytes, 0)).toBe('contentBlockDelta');
  });

  test('a frame in the midst of a run', () => {
    const run = Buffer.concat([fromOracle({}, 'first'), fromOracle(eventHeaders, 'second')]);
    const at = run.readUInt32BE(0);
    expect(decodeFrame(run, at).payload.toString()).toBe('second');
    expect(peekEventType(run, at)).toBe('contentBlockDelta');
  });
});

describe('the oracle reads what we wrote', () => {
  test('an event, byte for byte', () => {
    const bytes = encodeEventFrame('contentBlockDelta', { text: 'こ🐎' });
    expect(bytes.equals(fromOracle(eventHeaders, '{"text":"こ🐎"}'))).toBe(true);
  });

  test('an exception', () => {
    const { headers, body } = oracle.decode(encodeExceptionFrame('throttlingException', 'slow down'));
    expect(headers[':exception-type']?.value).toBe('throttlingException');
    expect(headers[':message-type']?.value).toBe('exception');
    expect(headers[':event-type']).toBeUndefined();
    expect(toUtf8(body)).toBe('{"message":"slow down"}');
  });

  test('any headers and any payload, and so do we', () => {
    const names = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme-ascii' }).filter((it) => it !== '__proto__');
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(fc.dictionary(names, text), fc.uint8Array({ maxLength: 300 }), (headers, payload) => {
        const bytes = frameEncoder(headers)(payload);
        const read = oracle.decode(bytes);
        expect(Object.fromEntries(Object.entries(read.headers).map(([name, it]) => [name, it.value]))).toEqual({
          ...headers,
        });
        expect(Buffer.from(read.body).equals(payload)).toBe(true);
        expect(decodeFrame(bytes).payload.equals(payload)).toBe(true);
        expect(peekEventType(bytes, 0)).toBe(decodeFrame(bytes).eventType);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('a header too long for its length field is refused', () => {
    expect(() => frameEncoder({ ['n'.repeat(256)]: '' })).toThrow(RangeError);
    expect(() => frameEncoder({ n: 'v'.repeat(65_536) })).toThrow(RangeError);
  });
});

const stream = Buffer.concat([
  fromOracle(eventHeaders, '{"delta":{"text":"こ"}}'),
  fromOracle({}, ''),
  encodeExceptionFrame('throttlingException', 'slow down'),
  encodeEventFrame('messageStop', { stopReason: 'end_turn' }),
]);

function payloads(splitter: FrameSplitter, chunk: Buffer): string[] {
  const run = splitter.push(chunk);
  const found: string[] = [];
  forEachFrame(run, (offset, length) => {
    const { payload } = decodeFrame(run, offset);
    expect(length).toBe(run.readUInt32BE(offset));
    found.push(payload.toString());
  });
  return found;
}

describe('FrameSplitter', () => {
  const whole = ['{"delta":{"text":"こ"}}', '', '{"message":"slow down"}', '{"stopReason":"end_turn"}'];

  test('gives whole frames without copying them', () => {
    const run = new FrameSplitter().push(stream);
    expect(run).toBe(stream);
  });

  test('every cut in two gives the same frames', () => {
    for (let cut = 0; cut <= stream.length; cut++) {
      const splitter = new FrameSplitter();
      const found = [...payloads(splitter, stream.subarray(0, cut)), ...payloads(splitter, stream.subarray(cut))];
      expect(found, `cut at ${cut}`).toEqual(whole);
      expect(splitter.heldBytes).toBe(0);
    }
  });

  test('one byte at a time gives the same frames, each as soon as it is whole', () => {
    const splitter = new FrameSplitter();
    const found: [end: number, payload: string][] = [];
    for (let at = 0; at < stream.length; at++) {
      for (const payload of payloads(splitter, stream.subarray(at, at + 1))) found.push([at + 1, payload]);
    }
    const ends: number[] = [];
    forEachFrame(stream, (offset, length) => ends.push(offset + length));
    expect(found).toEqual(whole.map((payload, index) => [ends[index], payload]));
  });

  test('any cuts give the same frames', () => {
    const cuts = fc.array(fc.nat(stream.length), { maxLength: 12 });
    fc.assert(
      fc.property(cuts, (at) => {
        const splitter = new FrameSplitter();
        const edges = [0, ...at.sort((a, b) => a - b), stream.length];
        const found = edges.flatMap((edge, index) => payloads(splitter, stream.subarray(edges[index - 1] ?? 0, edge)));
        expect(found).toEqual(whole);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('says how much of a frame it holds, so that a cut stream is seen', () => {
    const splitter = new FrameSplitter();
    splitter.push(stream.subarray(0, stream.length - 1));
    expect(splitter.heldBytes).toBeGreaterThan(0);
  });

  test('bytes that are no event stream are refused at once', () => {
    const html = Buffer.from('<html><body>502 Bad Gateway</body></html>');
    expect(() => new FrameSplitter().push(html)).toThrow(expect.objectContaining({ code: 'upstream-cut' }));
  });

  test.each([
    ['longer than the specification allows', 0x7fff_ffff, 0],
    ['shorter than its own frame', 15, 0],
    ['shorter than its headers', 40, 30],
  ])('a length %s is refused, its CRC right', (_name, total, headers) => {
    const prelude = Buffer.alloc(12);
    prelude.writeUInt32BE(total, 0);
    prelude.writeUInt32BE(headers, 4);
    prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
    expect(() => new FrameSplitter().push(prelude)).toThrow(expect.objectContaining({ code: 'upstream-cut' }));
  });
});

describe('damage', () => {
  test('every change of one byte is seen', () => {
    const good = fromOracle({ ...everyHeaderType, ...eventHeaders }, '{"delta":{"text":"hi"}}');
    for (let at = 0; at < good.length; at++) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const bad = Buffer.from(good);
        bad.writeUInt8((good[at] ?? 0) ^ flip, at);
        expect(() => decodeFrame(bad), `byte ${at} ^ ${flip}`).toThrow(
          expect.objectContaining({ code: 'upstream-cut' }),
        );
      }
    }
  });

  test('every frame cut short is seen', () => {
    const good = encodeEventFrame('messageStop', { stopReason: 'end_turn' });
    for (let length = 0; length < good.length; length++) {
      expect(() => decodeFrame(good.subarray(0, length))).toThrow(expect.objectContaining({ code: 'upstream-cut' }));
    }
  });

  test.each([
    ['an unknown header type', [1, 0x61, 10]],
    ['a header value that runs into the payload', [1, 0x61, 7, 0, 9, 0x61]],
    ['a header name that runs into the payload', [200, 0x61, 0x61]],
    ['a header without its value length', [1, 0x61, 7, 0]],
  ])('%s is refused, both CRCs right', (_name, headers) => {
    const bytes = withCrcs(Buffer.from(headers), Buffer.from('{"some":"payload, long enough to run into"}'));
    expect(() => decodeFrame(bytes)).toThrow(expect.objectContaining({ code: 'upstream-cut' }));
    expect(() => peekEventType(bytes, 0)).toThrow(expect.objectContaining({ code: 'upstream-cut' }));
  });

  test('a header cut off at the end of all bytes is no RangeError', () => {
    const bytes = Buffer.concat([
      withCrcs(Buffer.alloc(0), Buffer.alloc(0)).subarray(0, 12),
      Buffer.from([1, 0x61, 7, 0]),
    ]);
    bytes.writeUInt32BE(4, 4);
    expect(() => peekEventType(bytes, 0)).toThrow(expect.objectContaining({ code: 'upstream-cut' }));
  });

  test('any bytes give frames or upstream-cut, never another error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.uint8Array({ maxLength: 30 }), (headers, payload) => {
        const bytes = withCrcs(Buffer.from(headers), Buffer.from(payload));
        const codes = [() => decodeFrame(bytes), () => peekEventType(bytes, 0)].map((read) => {
          try {
            read();
            return 'none';
          } catch (error) {
            return (error as { code?: string }).code ?? 'uncoded';
          }
        });
        expect(['none', 'upstream-cut']).toContain(codes[0]);
        expect(codes[1]).toBe(codes[0]);
      }),
      { seed: 1, numRuns: 1000 },
    );
  });
});

function withCrcs(headers: Buffer, payload: Buffer): Buffer {
  const bytes = Buffer.alloc(16 + headers.length + payload.length);
  bytes.writeUInt32BE(bytes.length, 0);
  bytes.writeUInt32BE(headers.length, 4);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8);
  headers.copy(bytes, 12);
  payload.copy(bytes, 12 + headers.length);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, -4)), bytes.length - 4);
  return bytes;
}

test('crc32 of the standard check text', () => {
  expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926);
});

test('crc32OfEight is crc32 of eight bytes, wherever they are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 8, maxLength: 40 }), fc.nat(32), (bytes, at) => {
      const offset = Math.min(at, bytes.length - 8);
      expect(crc32OfEight(bytes, offset)).toBe(crc32(bytes.subarray(offset, offset + 8)));
    }),
    { seed: 1 },
  );
});

test('headers that were seen before are still told apart by every byte', () => {
  const of = (type: string): Buffer => encodeEventFrame(type, {});
  for (const type of ['aaaa', 'aaab', 'baaa', 'aaba', 'abaa', 'aaaa', 'aaab', 'zzzz', 'yyyy', 'xxxx', 'zzzz']) {
    expect(peekEventType(of(type), 0)).toBe(type);
    expect(decodeFrame(of(type)).eventType).toBe(type);
  }
});
