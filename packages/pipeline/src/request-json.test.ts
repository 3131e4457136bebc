import { expect, test } from 'vitest';
import { parseJsonObject } from './request-json.ts';

const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

test.each([
  ['an object', '{"a":1}'],
  ['128 levels', nested(128)],
  ['many brackets side by side', JSON.stringify({ a: Array.from({ length: 500 }, () => [{}]) })],
  ['brackets in a text', JSON.stringify({ a: '[{'.repeat(500) })],
])('takes %s', (_name, text) => {
  expect(parseJsonObject(Buffer.from(text))).toEqual(JSON.parse(text));
});

test.each([
  ['nothing', '', 'no body'],
  ['half an object', '{"a":', 'not valid JSON'],
  ['an array', '[]', 'must be a JSON object'],
  ['a text', '"a"', 'must be a JSON object'],
  ['null', 'null', 'must be a JSON object'],
  ['129 levels', nested(129), 'more than 128 levels'],
  ['129 levels of arrays', `{"a":${'['.repeat(128)}${']'.repeat(128)}}`, 'more than 128 levels'],
  ['100,000 levels', nested(100_000), 'more than 128 levels'],
])('refuses %s', (_name, text, message) => {
  expect(() => parseJsonObject(Buffer.from(text))).toThrow(message);
});
