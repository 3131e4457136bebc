import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Datamodel, parseDatamodel } from '../datamodel.ts';

const folder = fileURLToPath(new URL('../vectors/', import.meta.url));

/** An operation that LiteLLM sent, by the name that says what for. */
export interface RecordedOperation {
  readonly name: string;
  readonly document: string;
  /** The file that holds its translation. */
  readonly translation: string;
}

/** The operations in `vectors/`; its README says how they came there. */
export function recordedOperations(): RecordedOperation[] {
  return globSync(`${folder}*.golden.graphql`)
    .sort()
    .map((file) => ({
      name: basename(file, '.golden.graphql'),
      document: readFileSync(file, 'utf8'),
      translation: file.replace(/graphql$/, 'json'),
    }));
}

/** The part of LiteLLM's data model that these operations touch. */
export function recordedDatamodel(): Datamodel {
  return parseDatamodel(readFileSync(`${folder}datamodel.txt`, 'utf8'));
}
