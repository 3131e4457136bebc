import { parseDocument } from 'yaml';
import type { ConfigSource } from './config-source.ts';
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

/** Reads a document and what it includes. Throws an Error that names the document. */
export async function loadConfig(source: ConfigSource): Promise<ConfigDocument> {
  let config = await readConfig(source, source.root, undefined);
  const pending = includesOf(config, source, source.root);
  const loaded = new Set([source.root]);
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    if (loaded.has(next.name)) continue;
    loaded.add(next.name);
    const included = await readConfig(source, next.name, next.declaredIn);
    pending.push(...includesOf(included, source, next.name));
    config = merged(config, included);
  }
  const { include: _, ...rest } = config;
  return rest;
}

async function readConfig(source: ConfigSource, name: string, declaredIn: string | undefined): Promise<ConfigDocument> {
  let yamlText: string;
  try {
    yamlText = await source.read(name);
  } catch (cause) {
    const from = declaredIn === undefined ? '' : `, which 'include' of ${source.shown(declaredIn)} names,`;
    throw new Error(`${source.shown(name)}${from} cannot be read. ${source.mend}`, { cause });
  }
  return parseConfig(yamlText, source.shown(name));
}

function includesOf(
  config: ConfigDocument,
  source: ConfigSource,
  declaredIn: string,
): { name: string; declaredIn: string }[] {
  const include = config['include'];
  if (include === undefined) return [];
  if (!Array.isArray(include) || include.some((each) => typeof each !== 'string')) {
    throw new Error(`${source.shown(declaredIn)}: 'include' has to be a list of file names.`);
  }
  return include.map((each) => ({ name: source.resolve(String(each), declaredIn), declaredIn }));
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
