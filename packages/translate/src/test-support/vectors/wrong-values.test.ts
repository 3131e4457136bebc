import { isGatewayError } from '@genai-gateway/core';
import { describe, expect, test } from 'vitest';
import { isRecord } from '../../json.ts';
import { tablesOf } from './case-files.ts';
import type { RuleRow } from './direction.ts';
import { directions } from './directions.ts';
import { readTable } from './rule-table.ts';

/** Values that some field does not expect. */
const wrongValues: readonly unknown[] = [
  null,
  true,
  -1,
  1.5,
  1e308,
  '',
  '\ud800',
  [],
  [[]],
  [null],
  [''],
  {},
  [{}],
  { '': null },
  { type: 'text' },
  { text: null },
];

/** Of all requests in the tables every so manieth, so that the test stays short; 1 tries all. */
const STEP = Number(process.env['WRONG_VALUES_STEP'] ?? 12);

/** The place of every field and item of a value. */
function placesIn(value: unknown, place: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [place];
  return [place, ...Object.entries(value).flatMap(([name, inner]) => placesIn(inner, [...place, name]))];
}

function withValue(value: unknown, [name, ...rest]: readonly string[], put: unknown): unknown {
  if (name === undefined) return put;
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => (String(index) === name ? withValue(item, rest, put) : item));
  }
  return isRecord(value) ? { ...value, [name]: withValue(value[name], rest, put) } : value;
}

const requestsOf = (direction: string): readonly RuleRow[] => {
  const tables = tablesOf(direction);
  const rows = tables.names().flatMap((file) => readTable(tables, file).rows);
  return rows.filter(({ request }) => isRecord(request)).filter((_row, index) => index % STEP === 0);
};
const tried = directions
  .map(({ name, deriveRow }) => ({ name, deriveRow, requests: requestsOf(name) }))
  .filter(({ requests }) => requests.length > 0);

test('all directions of requests are tried', () => {
  expect(tried.length).toBeGreaterThanOrEqual(5);
});

describe.each(tried)('$name', ({ deriveRow, requests }) => {
  test('a wrong value in any field is refused at a place, or taken', () => {
    const strange: unknown[] = [];
    for (const row of requests) {
      for (const place of placesIn(row['request'])) {
        for (const value of wrongValues) {
          try {
            deriveRow?.({ ...row, request: withValue(row['request'], place, value) });
          } catch (error) {
            const isRefusal = isGatewayError(error) && error.fault === 'caller' && error.param !== undefined;
            if (!isRefusal) strange.push([row['rule'], place.join('.'), value, String(error)]);
          }
        }
      }
    }
    expect(strange).toEqual([]);
  });
});
