import { invalid } from '../errors.ts';
import { isObject } from '../json.ts';

/** Source: `RequestMetadata` and `RequestMetadataJson`, botocore 1.43.126, bedrock-runtime/2023-09-30 (read 2026-11-23). */
const NAME = /^[a-zA-Z0-9\s:_@$#=/+,.-]{1,256}$/;
const VALUE = /^[a-zA-Z0-9\s:_@$#=/+,.-]{0,256}$/;
const MAX_PAIRS = 16;
const MAX_HEADER_LENGTH = 8500;

/** What is wrong with a map of metadata that holds texts only: constraints in AWS's words, each with its value. */
export function metadataViolations(metadata: unknown): readonly (readonly [value: string, constraint: string])[] {
  if (!isObject(metadata)) return [];
  const pairs = Object.entries(metadata);
  const found: [string, string][] = [];
  if (pairs.length < 1) found.push(['{}', 'have length greater than or equal to 1']);
  if (pairs.length > MAX_PAIRS) found.push([`${pairs.length} pairs`, `have length less than or equal to ${MAX_PAIRS}`]);
  for (const [name, value] of pairs) {
    if (!NAME.test(name)) found.push([name, `satisfy regular expression pattern: ${NAME.source}`]);
    if (typeof value === 'string' && !VALUE.test(value)) {
      found.push([value, `satisfy regular expression pattern: ${VALUE.source}`]);
    }
  }
  return found;
}

/** Checks the header by which InvokeModel takes metadata. Throws ValidationException; the wording is ours. */
export function checkMetadataHeader(header: string | undefined): void {
  if (header === undefined) return;
  let metadata: unknown;
  try {
    metadata = JSON.parse(header);
  } catch {
    metadata = undefined;
  }
  const isOfTexts = isObject(metadata) && Object.values(metadata).every((value) => typeof value === 'string');
  if (!isOfTexts || header.length > MAX_HEADER_LENGTH || metadataViolations(metadata).length > 0) {
    throw invalid('The header X-Amzn-Bedrock-Request-Metadata must be a JSON object of at most 16 pairs of texts.');
  }
}
