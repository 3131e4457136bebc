import type { JsonObject } from '@genai-gateway/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergeRequestMetadata, requestMetadataHeader, spliceRequestMetadata } from './request-metadata.ts';

const ours = { 'gateway.user': 'u', 'gateway.team': 't' };
const pairs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, 'v']));

describe('the pairs of the caller and of the gateway', () => {
  test.each<[string, Record<string, string>, Record<string, string>]>([
    ['ours alone', {}, ours],
    ['the caller’s stay', { project: 'p' }, { project: 'p', ...ours }],
    ['ours win under our prefix', { 'gateway.user': 'forged' }, ours],
    ['nobody else writes under it', { 'gateway.key': 'forged', gateway: 'p' }, { gateway: 'p', ...ours }],
    ['14 leave room', pairs(14), { ...pairs(14), ...ours }],
    ['15 leave room for one', pairs(15), { ...pairs(15), 'gateway.user': 'u' }],
    ['16 leave none', pairs(16), pairs(16)],
    ['more are Bedrock’s to refuse', pairs(17), pairs(17)],
    ['forged ones take no room', { ...pairs(14), 'gateway.a': '', 'gateway.b': '' }, { ...pairs(14), ...ours }],
  ])('%s', (_name, callers, merged) => {
    expect(mergeRequestMetadata(callers, ours)).toEqual(merged);
    expect(JSON.parse(requestMetadataHeader(JSON.stringify(callers), ours) ?? '')).toEqual(merged);
    expect(splice(JSON.stringify({ requestMetadata: callers }))).toBe(JSON.stringify({ requestMetadata: merged }));
  });
});

function splice(text: string, added: Readonly<Record<string, string>> = ours): string {
  const body = Buffer.from(text);
  return spliceRequestMetadata(body, JSON.parse(text) as JsonObject, added).toString();
}

describe('a body keeps its bytes', () => {
  const field = '"requestMetadata":{"gateway.user":"u","gateway.team":"t"}';
  const value = '{"gateway.user":"u","gateway.team":"t"}';
  test.each<[string, string, string]>([
    ['an empty object', '{}', `{${field}}`],
    ['blanks in it', ' {\n\t } \r\n', ` {\n\t ${field}} \r\n`],
    ['numbers that no double holds', '{"a":12345678901234567890.10}', `{"a":12345678901234567890.10,${field}}`],
    ['a name that is there twice', '{"a":1,"a":2}', `{"a":1,"a":2,${field}}`],
    ['an empty object at its end', '{"a":{} }', `{"a":{} ,${field}}`],
    ['an empty object in it', '{"a":{}}', `{"a":{},${field}}`],
    ['the name within a text', '{"a":"requestMetadata"}', `{"a":"requestMetadata",${field}}`],
    ['the name further in', '{"a":{"requestMetadata":{}}}', `{"a":{"requestMetadata":{}},${field}}`],
    ['its metadata null', '{"requestMetadata":null ,"a":1}', `{"requestMetadata":${value} ,"a":1}`],
    ['its metadata in front', '{ "requestMetadata" : {} , "a" : 1.0 }', `{ "requestMetadata" : ${value} , "a" : 1.0 }`],
    [
      'its metadata at the end',
      '{"a":[{"b":"}\\""}],"requestMetadata":{}}',
      `{"a":[{"b":"}\\""}],"requestMetadata":${value}}`,
    ],
    ['a name in escapes', '{"request\\u004detadata":{"gateway.x":"y"}}', `{"request\\u004detadata":${value}}`],
    [
      'metadata twice',
      '{"requestMetadata":{"a":"b"},"requestMetadata":{}}',
      `{"requestMetadata":${value},"requestMetadata":${value}}`,
    ],
    [
      'a text of backslashes',
      '{"a\\\\":"\\\\","requestMetadata":{},"b":-1e5}',
      `{"a\\\\":"\\\\","requestMetadata":${value},"b":-1e5}`,
    ],
  ])('%s', (_name, before, after) => {
    expect(splice(before)).toBe(after);
  });

  test.each([
    '{"requestMetadata":[]}',
    '{"requestMetadata":"a"}',
    '{"requestMetadata":{"a":1}}',
    '{"requestMetadata":7}',
  ])('%s is Bedrock’s to refuse', (text) => {
    expect(splice(text)).toBe(text);
  });

  test('with nothing to add it stays, and a forged mark goes', () => {
    expect(splice('{"a":1}', {})).toBe('{"a":1}');
    expect(splice('{"requestMetadata":{"gateway.user":"forged"}}', {})).toBe('{"requestMetadata":null}');
  });

  const metadata = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), { maxKeys: 18 });
  const document = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ stringUnit: 'grapheme' }));
  const indent = fc.constantFrom(undefined, ' ', '\t', '\r\n');

  test('any object says what it said, and the field', () => {
    fc.assert(
      fc.property(
        document,
        fc.option(metadata, { nil: undefined }),
        indent,
        fc.nat(),
        (rest, callers, blanks, place) => {
          const entries = Object.entries(rest).filter(([name]) => name !== 'requestMetadata');
          if (callers !== undefined) entries.splice(place % (entries.length + 1), 0, ['requestMetadata', callers]);
          const text = JSON.stringify(Object.fromEntries(entries), undefined, blanks);
          const merged = mergeRequestMetadata(callers ?? {}, ours);
          const expected = JSON.parse(text) as Record<string, unknown>;
          expected['requestMetadata'] = JSON.parse(JSON.stringify(merged));
          expect(JSON.parse(splice(text))).toEqual(expected);
          if (callers === undefined && blanks === undefined)
            expect(splice(text).startsWith(text.slice(0, -1))).toBe(true);
        },
      ),
    );
  });

  test('a huge one, with everything around its metadata as it was', () => {
    const long = `"${'é\\"{['.repeat(400_000)}"`;
    const text = `{"a":${long},"requestMetadata":{"project":"p"},"b":[${long}]}`;
    const metadataText = JSON.stringify({ project: 'p', ...ours });
    expect(splice(text) === `{"a":${long},"requestMetadata":${metadataText},"b":[${long}]}`).toBe(true);
  });
});

describe('a header', () => {
  test.each<[string, string | undefined, Record<string, string>, string | undefined]>([
    ['of ours', undefined, ours, JSON.stringify(ours)],
    ['with nothing in it is not sent', undefined, {}, undefined],
    ['of a forged mark alone is not sent', '{"gateway.user":"x"}', {}, undefined],
    ['that is no JSON stays', 'project=p', ours, 'project=p'],
    ['that is no map of texts stays', '{"a":1}', ours, '{"a":1}'],
    ['stays ASCII', '{"a":"\\u00e9\\ud83d\\ude00\\u007f"}', {}, '{"a":"\\u00e9\\ud83d\\ude00\\u007f"}'],
    ['stays on one line', '{"a":"\\n"}', {}, '{"a":"\\n"}'],
  ])('%s', (_name, callers, added, header) => {
    expect(requestMetadataHeader(callers, added)).toBe(header);
  });

  test('has room for the caller’s first', () => {
    const callers = { a: 'x'.repeat(8_480), 'gateway.user': 'forged' };
    expect(requestMetadataHeader(JSON.stringify(callers), ours)).toBe(JSON.stringify({ a: callers.a }));
  });
});
