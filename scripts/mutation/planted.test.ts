import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { judge } from './ask-workers.ts';
import { mutantsOf } from './mutants.ts';
import { mistakes, planted } from './planted.ts';

const root = resolve(import.meta.dirname, '../..');

test('every planted mistake of the translator turns vectors:check red, and the translator as it is does not', {
  timeout: 120_000,
}, async () => {
  const mutants = mistakes.map((mistake) => planted(root, mistake));
  const untouched = {
    ...mutants[0],
    start: 0,
    end: 0,
    replacement: '',
    rule: 'nothing is changed',
  } as (typeof mutants)[0];
  const verdicts = await judge([untouched, ...mutants], { root, workers: 2 });
  const missed = verdicts.filter(({ killedBy }) => killedBy === null).map(({ mutant }) => mutant.rule);
  expect(missed).toEqual(['nothing is changed']);
  expect(verdicts.filter(({ killedBy }) => killedBy?.startsWith('it does not even load'))).toEqual([]);
  expect(mutants.length).toBeGreaterThanOrEqual(20);
});

test.each<[rule: string, source: string, mutants: readonly string[]]>([
  ['conditions', 'if (a) b();', ['if (true) b();', 'if (false) b();', 'if (a) ;']],
  ['a choice', 'x = a ? b : c;', ['x = true ? b : c;', 'x = false ? b : c;']],
  ['operators', 'x = a === b;', ['x = a !== b;']],
  [
    'values',
    "x = [1, true, 'a'];",
    ['x = [];', "x = [(1 + 1), true, 'a'];", "x = [1, false, 'a'];", "x = [1, true, ''];"],
  ],
  ['objects', 'x = { a };', ['x = ({});']],
  ['functions', 'function f() { return a; }', ['function f() {}']],
  ['methods', 'x = a.trim();', ['x = a;']],
  ['signs', 'x = !a;', ['x =  a;']],
  ['nothing without code', "import type { A } from 'a';\ninterface B { readonly c: 'd' }\ntype E = 'f';", []],
  ['names are no values', "x = { 'a-b': c };", ['x = ({});']],
])('mutants: %s', (_rule, source, wanted) => {
  const made = mutantsOf('a.ts', source).map(
    ({ start, end, replacement }) => source.slice(0, start) + replacement + source.slice(end),
  );
  expect(made).toEqual(wanted);
});
