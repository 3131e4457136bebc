import { expect, test } from 'vitest';
import { documentNameInRound } from './media/document-name.ts';
import { UniqueNames } from './unique-names.ts';

const names = () => new UniqueNames((name, round) => (round === 1 ? name : `${name} (${round})`));

test.each([
  ['a name is given as it is, once', ['a', 'b', 'a', 'a'], ['a', 'b', 'a (2)', 'a (3)']],
  ['a form that is a name of its own is not given twice', ['a', 'a (2)', 'a'], ['a', 'a (2)', 'a (3)']],
  ['nor the other way round', ['a', 'a', 'a (2)'], ['a', 'a (2)', 'a (2) (2)']],
])('%s', (_rule, asked, given) => {
  const all = names();
  expect(asked.map((name) => all.take(name))).toEqual(given);
});

test('ten thousand long names of one beginning, each twice, are named in one go', { timeout: 3_000 }, () => {
  const names = new UniqueNames(documentNameInRound);
  const asked = Array.from({ length: 20_000 }, (_, index) => `${'a'.repeat(195)}${index % 10_000}`);
  expect(new Set(asked.map((name) => names.take(name))).size).toBe(asked.length);
});
