import { writeFileSync } from 'node:fs';
import {
  readVectorJson,
  translateVector,
  type Upstream,
  upstreamBytes,
  vectorNames,
  vectorsFolder,
} from '../openai-over-converse/test-support/vector.ts';

/**
 * Writes what is derived of the cases in test/vectors/openai-over-converse (all, or those named as arguments): the bytes
 * from upstream.json, and what the code of today makes of them. Review the diff by eye before it is
 * committed: these files are what the tests believe.
 */
const named = process.argv.slice(2);
for (const name of named.length > 0 ? named : vectorNames()) {
  const upstream = readVectorJson(name, 'upstream.json') as Upstream;
  const bytes = upstreamBytes(upstream);
  const result = translateVector(readVectorJson(name, 'openai.request.json'), upstream.modelId, bytes, bytes.length);
  const write = (file: string, content: string | Buffer) =>
    writeFileSync(new URL(`${name}/${file}`, vectorsFolder), content);
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  write('upstream.eventstream', bytes);
  write('converse.request.json', json(result.converseRequest));
  write('openai.response.sse', result.sse);
  write('usage.json', json(result.usage));
  write('outcome.json', json(result.outcome));
  process.stdout.write(`${name}\n`);
}
