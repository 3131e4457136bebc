import { chosenVectors } from './all-vectors.ts';

/**
 * Writes what is derived in test/vectors: everywhere, or where one of the arguments is in the place
 * (`openai-over-converse/text`). That is what the code of today makes of it, so review the diff by eye before it is
 * committed: these files are what the tests believe.
 */
for (const vector of chosenVectors(process.argv.slice(2))) {
  vector.write();
  process.stdout.write(`${vector.place}\n`);
}
