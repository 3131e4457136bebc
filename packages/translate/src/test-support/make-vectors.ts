import { writeFileSync } from 'node:fs';
import { caseFile, caseNames, derive, readGiven } from '../converse-over-openai/test-support/vector.ts';
import {
  readVectorJson,
  translateVector,
  type Upstream,
  upstreamBytes,
  vectorNames,
  vectorsFolder,
} from '../openai-over-converse/test-support/vector.ts';

/**
 * Writes what is derived of the cases in test/vectors (all, or those named as arguments): what the code
 * of today makes of them and, for the OpenAI client over Converse, the bytes from upstream.json. Review
 * the diff by eye before it is committed: these files are what the tests believe.
 */
const named = process.argv.slice(2);
const chosen = (names: readonly string[]) => names.filter((name) => named.length === 0 || named.includes(name));
const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

for (const name of chosen(vectorNames())) {
  const upstream = readVectorJson(name, 'upstream.json') as Upstream;
  const bytes = upstreamBytes(upstream);
  const result = translateVector(readVectorJson(name, 'openai.request.json'), upstream.modelId, bytes, bytes.length);
  const write = (file: string, content: string | Buffer) =>
    writeFileSync(new URL(`${name}/${file}`, vectorsFolder), content);
  write('upstream.eventstream', bytes);
  write('converse.request.json', json(result.converseRequest));
  write('openai.response.sse', result.sse);
  write('usage.json', json(result.usage));
  write('outcome.json', json(result.outcome));
  process.stdout.write(`openai-over-converse/${name}\n`);
}

for (const name of chosen(caseNames())) {
  const given = readGiven(name);
  for (const [file, value] of Object.entries(derive(given, given.sse.length))) {
    writeFileSync(caseFile(name, file), json(value));
  }
  process.stdout.write(`converse-over-openai/${name}\n`);
}
