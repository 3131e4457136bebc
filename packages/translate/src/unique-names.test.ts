import { expect, test } from 'vitest';
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
