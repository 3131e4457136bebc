import { readFile } from 'node:fs/promises';
import { dirname, posix, resolve } from 'node:path';

/** Where LiteLLM's configuration is read from: a document by a name, and those that it includes. */
export interface ConfigSource {
  /** The name of the first document. */
  readonly root: string;
  /** The text of a document. Rejects when it cannot be read. */
  read(name: string): Promise<string>;
  /** The name of the document that an entry of `include` means. */
  resolve(entry: string, declaredIn: string): string;
  /** How a document is named to people. */
  shown(name: string): string;
  /** What to look after when one cannot be read, as a sentence. */
  readonly mend: string;
}

/** Documents on the disk; `include` counts from the folder of the file that it stands in. */
export function configFiles(path: string): ConfigSource {
  return {
    root: resolve(path),
    read: (name) => readFile(name, 'utf8'),
    resolve: (entry, declaredIn) => resolve(dirname(declaredIn), entry),
    shown: (name) => name,
    mend: 'Check the path and the rights of the file.',
  };
}

/**
 * Documents in a bucket; `include` counts from the prefix of the key that it stands in, and from the bucket's root with
 * a slash in front. Source: LiteLLM 1.106.2, proxy/common_utils/load_config_utils.py (read 2026-11-23).
 */
export function configObjects(bucket: string, key: string, read: (key: string) => Promise<string>): ConfigSource {
  return {
    root: key,
    read,
    resolve: (entry, declaredIn) =>
      posix.join('/', entry.startsWith('/') ? '' : posix.dirname(declaredIn), entry).slice(1),
    shown: (name) => `s3://${bucket}/${name}`,
    mend: 'Check the bucket, the key, and that the role of this process has s3:GetObject on it.',
  };
}
