import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { allVectors } from './all-vectors.ts';
import { directionFolders } from './case-files.ts';
import { directions } from './directions.ts';
import { functions } from './functions.ts';

const vectors = allVectors();

test('every folder is a direction, and every direction has cases of success and of failure', () => {
  expect(directionFolders()).toEqual(directions.map(({ name }) => name).sort());
  for (const { name } of directions) {
    if (name === functions.name) continue;
    const own = vectors.filter(({ direction }) => direction === name);
    expect([name, new Set(own.map(({ isRefused }) => isRefused))]).toEqual([name, new Set([true, false])]);
  }
});

test('every vector that the README names is there', () => {
  const readme = readFileSync(new URL('../../../../../test/vectors/README.md', import.meta.url), 'utf8');
  const named = [...readme.slice(readme.indexOf('## Which rule')).matchAll(/`([a-z-]+\/[a-z\d./-]+)`/g)].map(
    ([, place]) => place,
  );
  const places = new Set(vectors.map(({ place }) => place));
  expect(named.filter((place) => place !== undefined && !places.has(place) && !place.startsWith('packages/'))).toEqual(
    [],
  );
  expect(named.length).toBeGreaterThan(50);
});

describe.each(directions.map(({ name }) => name))('%s', (name) => {
  const own = vectors.filter(({ direction }) => direction === name);
  test.each(own.map((vector) => [vector.place, vector] as const))('%s', async (_place, vector) => {
    expect(await vector.check()).toEqual([]);
  });
});
