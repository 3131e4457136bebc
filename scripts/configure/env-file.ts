import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parseEnvironment, quoteForEnvironment } from '@genai-gateway/config';

/** Values by name; undefined: the variable is taken out; empty: it is written as empty, so that no other file sets it. */
export type Changes = Readonly<Record<string, string | undefined>>;

/** Something in the file or among the answers cannot be written; `message` says what, and the mend. */
export class UnwritableFile extends Error {
  override readonly name = 'UnwritableFile';
}

/**
 * A file of variables with other values: each in the line where it stood, new ones at the end, everything else as it was.
 * Throws `UnwritableFile`.
 */
export function changeEnvironment(text: string, changes: Changes): string {
  const spread = Object.entries(parseEnvironment(text)).find(
    ([name, value]) => name in changes && value.includes('\n'),
  );
  if (spread !== undefined) {
    throw new UnwritableFile(`${spread[0]} stands on several lines of the file. Put it on one, and start again.`);
  }
  const missing = new Map(Object.entries(changes));
  const kept = text
    .replace(/\n$/, '')
    .split('\n')
    .flatMap((line) => {
      const name = /^\s*(?:export\s+)?([\w.-]+)\s*=/.exec(line)?.[1];
      if (name === undefined || !(name in changes)) return [line];
      const isFirst = missing.delete(name);
      return isFirst ? lineOf(name, changes[name]) : [];
    });
  const added = [...missing].flatMap(([name, value]) => lineOf(name, value));
  return `${[...(text === '' ? [] : kept), ...added].join('\n')}\n`;
}

function lineOf(name: string, value: string | undefined): string[] {
  if (value === undefined) return [];
  const quoted = quoteForEnvironment(value);
  if (quoted === undefined) {
    throw new UnwritableFile(
      `${name} has line breaks, or all kinds of quotation marks, and cannot be written into a file.`,
    );
  }
  return [`${name}=${quoted}`];
}

/**
 * Writes it for its owner's eyes alone. The file that was there is kept beside it. Gives the name of that one; undefined:
 * there was none, or it was the same.
 */
export function writeEnvironment(file: string, text: string, now: Date): string | undefined {
  const isThere = existsSync(file);
  if (isThere && readFileSync(file, 'utf8') === text) {
    chmodSync(file, 0o600);
    return undefined;
  }
  const draft = `${file}.draft`;
  writeFileSync(draft, text, { mode: 0o600 });
  chmodSync(draft, 0o600);
  const backup = `${file}.${now.toISOString().replaceAll(':', '-')}.backup`;
  if (isThere) {
    renameSync(file, backup);
    chmodSync(backup, 0o600);
  }
  renameSync(draft, file);
  return isThere ? backup : undefined;
}
