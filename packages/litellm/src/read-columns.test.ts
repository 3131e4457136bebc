import { expect, test } from 'vitest';
import { keyTables } from './key-columns.ts';
import { readColumns } from './read-columns.ts';
import type { Rules } from './setting-rule.ts';
import { storedTables } from './stored-tables.ts';

const read: readonly (readonly [table: string, rules: Rules])[] = [
  ...keyTables.map(({ table, rules }) => [table, rules] as const),
  ...Object.entries(storedTables),
];

test.each(read)('every column of %s that means something to the gateway is looked for at the start', (table, rules) => {
  const meaning = Object.entries(rules).flatMap(([column, rule]) => (rule.use === 'harmless' ? [] : [column]));
  expect(meaning.filter((column) => !Object.hasOwn(readColumns[table] ?? {}, column))).toEqual([]);
});
