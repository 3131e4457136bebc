import { expect, test } from 'vitest';
import { keepNewest } from './keep-newest.ts';

test('what was set longest ago goes first, and setting it again makes it the newest', () => {
  const map = new Map([
    ['a', 1],
    ['b', 2],
  ]);
  keepNewest(map, 'a', 3, 2);
  keepNewest(map, 'c', 4, 2);
  expect([...map]).toEqual([
    ['a', 3],
    ['c', 4],
  ]);
});
