import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { asObject } from './values.ts';

/** LiteLLM's configuration as an object, `include` still in it. */
export type ConfigDocument = Readonly<Record<string, unknown>>;

/** Reads YAML. Throws an Error that names the file and the line. */
export function parseConfig(yamlText: string, file: string): ConfigDocument {
  // LiteLLM reads with PyYAML, which knows YAML 1.1 (`yes` is true) and lets a later key win.
  const document = parseDocument(yamlText, { version: '1.1', uniqueKeys: false, logLevel: 'silent' });
  const [error] = document.errors;
  if (error !== undefined) {
    const line = error.linePos?.[0].line;
    const where = line === undefined ? file : `${file}, line ${line}`;
    throw new Error(`${where}: this is not valid YAML (${error.message.split('\n')[0]}). Mend the line.`, {
      cause: error,
    });
  }
  const config = asObject(document.toJS());
  if (config === undefined) {
    throw new Error(`${file}: the file has to be a YAML mapping with 'model_list' in it, but it is not. Fill it in.`);
  }
  return config;
}

/** Reads a file and what it includes. Throws an Error that names the file. */
export async function loadConfig(path: string): Promise<ConfigDocument> {
  const root = resolve(path);
  let config = await readConfig(root, undefined);
  const pending = includesOf(config, root);
  const loaded = new Set([root]);
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    if (loaded.has(next.path)) continue;
    loaded.add(next.path);
    const included = await readConfig(next.path, next.declaredIn);
    pending.push(...includesOf(included, next.path));
    config = merged(config, included);
  }
  const { include: _, ...rest } = config;
  return rest;
}

async function readConfig(path: string, declaredIn: string | undefined): Promise<ConfigDocument> {
  let yamlText: string;
  try {
    yamlText = await readFile(path, 'utf8');
  } catch (cause) {
    const from = declaredIn === undefined ? '' : `, which 'include' of ${declaredIn} names,`;
    throw new Error(`${path}${from} cannot be read. Check the path and the rights of the file.`, { cause });
  }
  return parseConfig(yamlText, path);
}

function includesOf(config: ConfigDocument, declaredIn: string): { path: string; declaredIn: string }[] {
  const include = config['include'];
  if (include === undefined) return [];
  if (!Array.isArray(include) || include.some((each) => typeof each !== 'string')) {
    throw new Error(`${declaredIn}: 'include' has to be a list of file names.`);
  }
  return include.map((each) => ({ path: resolve(dirname(declaredIn), String(each)), declaredIn }));
}

/** As LiteLLM merges: lists grow, anything else is replaced as a whole. */
function merged(base: ConfigDocument, included: ConfigDocument): ConfigDocument {
  const result: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(included)) {
    if (name === 'include') continue;
    const before = base[name];
    result[name] = Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value;
  }
  return result;
}
