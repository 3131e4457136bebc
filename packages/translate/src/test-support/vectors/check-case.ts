import { GatewayError } from '@genai-gateway/core';
import type { CaseFiles } from './case-files.ts';
import type { DerivedFiles, VectorDirection } from './direction.ts';
import { firstDifference } from './first-difference.ts';

/** Of a case that is refused. */
const ERROR = 'error.json';
/** Where each case says what it shows, whether it was recorded or made, of which model, from what source, and when. */
const ABOUT = 'about.md';
/** Sizes of the pieces that a stream comes in, besides all at once. */
const PIECES = [1, 7, 64];

/** Everything that our code makes of a case today, by the name of its file. */
function deriveCase(direction: VectorDirection, files: CaseFiles, pieceBytes = Number.MAX_SAFE_INTEGER): DerivedFiles {
  if (!files.isRefused) return direction.derive(files, pieceBytes);
  try {
    direction.derive(files, pieceBytes);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const { code, message, param } = error;
    return { [ERROR]: { code, message, ...(param === undefined ? {} : { param }) } };
  }
  return { [ERROR]: null };
}

/** What of a case is not as its files say; nothing when all is well. Never rejects. */
export async function checkCase(direction: VectorDirection, files: CaseFiles): Promise<readonly string[]> {
  try {
    const derived = deriveCase(direction, files);
    const found = [...differences(derived, files), ...strangers(direction, derived, files), ...aboutOf(files)];
    if (files.isRefused) return found;
    for (const pieceBytes of PIECES) {
      const difference = firstDifference(asJson(deriveCase(direction, files, pieceBytes)), asJson(derived));
      if (difference !== undefined) found.push(`in pieces of ${pieceBytes} bytes ${difference}`);
    }
    return [...found, ...(await direction.violations(derived, files))];
  } catch (error) {
    return [`threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
  }
}

/** Writes what is derived. */
export function writeCase(direction: VectorDirection, files: CaseFiles): void {
  for (const [file, value] of Object.entries(deriveCase(direction, files))) files.write(file, contentOf(value));
}

function differences(derived: DerivedFiles, files: CaseFiles): string[] {
  return Object.entries(derived).flatMap(([file, value]) => {
    if (!files.has(file)) return [`${file} is missing`];
    const expected = files.bytes(file);
    if (file.endsWith('.json')) {
      const found = firstDifference(asJson(value), JSON.parse(expected.toString()));
      return found === undefined ? [] : [`${file}: ${found}`];
    }
    return contentOf(value).equals(expected) ? [] : [`${file}: ${lineOfDifference(contentOf(value), expected)}`];
  });
}

function lineOfDifference(actual: Buffer, expected: Buffer): string {
  const [lines, wanted] = [actual.toString().split('\n'), expected.toString().split('\n')];
  const index = lines.findIndex((line, at) => line !== wanted[at]);
  const line = index === -1 ? lines.length : index;
  return `line ${line + 1} is ${JSON.stringify(lines[line])}, should be ${JSON.stringify(wanted[line])}`;
}

function strangers(direction: VectorDirection, derived: DerivedFiles, files: CaseFiles): string[] {
  const known = new Set([ABOUT, ...direction.given, ...Object.keys(derived)]);
  return files.names().flatMap((name) => (known.has(name) ? [] : [`${name} is neither given nor derived`]));
}

function aboutOf(files: CaseFiles): string[] {
  if (!files.has(ABOUT)) return [`${ABOUT} is missing`];
  const text = files.bytes(ABOUT).toString();
  const isDated = /\b20\d\d-\d\d-\d\d\b/.test(text);
  return isDated && /recorded|made/i.test(text)
    ? []
    : [`${ABOUT} does not say whether it was recorded or made, and when`];
}

function contentOf(value: unknown): Buffer {
  if (Buffer.isBuffer(value)) return value;
  return Buffer.from(typeof value === 'string' ? value : `${JSON.stringify(value, null, 2)}\n`);
}

function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value) ?? 'null');
}
