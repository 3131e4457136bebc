import { chosenVectors } from './all-vectors.ts';
import { directionFolders } from './case-files.ts';
import { directions } from './directions.ts';

/**
 * Goes through test/vectors in all directions, or through what has one of the arguments in its place; a line for each, and
 * a total. Exits with 1 when anything is not as the files say, or nothing was found.
 */
const chosen = chosenVectors(process.argv.slice(2));
const known = new Set(directions.map(({ name }) => name));
const strange = directionFolders().filter((folder) => !known.has(folder));
for (const folder of strange) process.stdout.write(`FAIL ${folder}: no direction has this name\n`);

let good = 0;
for (const vector of chosen) {
  const found = await vector.check();
  if (found.length === 0) good += 1;
  process.stdout.write(`${found.length === 0 ? 'ok  ' : 'FAIL'} ${vector.place}\n`);
  for (const each of found) process.stdout.write(`       ${each}\n`);
}
process.stdout.write(`vectors: ${good} of ${chosen.length} as told\n`);
process.exitCode = good === chosen.length && good > 0 && strange.length === 0 ? 0 : 1;
