import { isDeepStrictEqual } from 'node:util';
import { type LitellmConfig, readCatalogue } from '@genai-gateway/litellm';
import { parse } from 'yaml';
import { messageOf, OperatorFailure } from '../shared/command.ts';

/** What differs between two texts of config.yaml, by the names that callers and administrators know. */
export interface ConfigChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Models that both have, with other settings or another number of deployments. */
  readonly changed: readonly string[];
  /** Top-level parts other than the model list that differ, such as `router_settings`. */
  readonly sections: readonly string[];
}

type Entries = ReadonlyMap<string, readonly unknown[]>;

/** Compares what the texts mean; comments and order of keys are nothing. `before` undefined: there was none. */
export function compareConfigs(before: string | undefined, after: string): ConfigChanges {
  const [old, next] = [documentOf(before ?? ''), documentOf(after)];
  const [was, is] = [entriesOf(old), entriesOf(next)];
  const sections = new Set([...Object.keys(old), ...Object.keys(next)]);
  sections.delete('model_list');
  return {
    added: [...is.keys()].filter((name) => !was.has(name)),
    removed: [...was.keys()].filter((name) => !is.has(name)),
    changed: [...is.keys()].filter((name) => was.has(name) && !isDeepStrictEqual(was.get(name), is.get(name))),
    sections: [...sections].filter((name) => !isDeepStrictEqual(old[name], next[name])).sort(),
  };
}

export function isUnchanged({ added, removed, changed, sections }: ConfigChanges): boolean {
  return [added, removed, changed, sections].every((each) => each.length === 0);
}

/** YAML as LiteLLM reads it: 1.1, anchors and merges resolved. */
function documentOf(text: string): Readonly<Record<string, unknown>> {
  const value: unknown = parse(text, { version: '1.1', uniqueKeys: false, logLevel: 'silent' });
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function entriesOf(document: Readonly<Record<string, unknown>>): Entries {
  const list = document['model_list'];
  const entries = new Map<string, unknown[]>();
  for (const entry of Array.isArray(list) ? list : []) {
    const name = (entry as { model_name?: unknown } | null)?.model_name;
    if (typeof name === 'string') entries.set(name, [...(entries.get(name) ?? []), entry]);
  }
  return entries;
}

/**
 * Reads the text as the gateway does when it starts. Throws OperatorFailure for what the gateway would not start
 * with, and for what cannot be in a bucket: other files.
 */
export function readConfig(text: string, file: string, region: string): LitellmConfig {
  let config: LitellmConfig;
  try {
    config = readCatalogue(text, variablesNamedIn(text), { defaultRegion: region, file });
  } catch (error) {
    throw new OperatorFailure(messageOf(error), 'mend the file; nothing was uploaded');
  }
  if (documentOf(text)['include'] !== undefined) {
    throw new OperatorFailure(`${file}: 'include' names files that are not in the bucket.`, 'put it all into one file');
  }
  if (config.catalogue.aliases.size === 0) {
    throw new OperatorFailure(`${file}: there is no model in 'model_list'.`, 'name one at least');
  }
  return config;
}

/** The containers have variables that this machine has not: what the file names is taken to be there. */
function variablesNamedIn(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/os\.environ\/(\w+)/g)].map(([, name]) => [name, `(${name})`]));
}
