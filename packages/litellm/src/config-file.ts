import { loadConfig, parseConfig } from './config-document.ts';
import { configFiles } from './config-source.ts';
import { type Environment, interpret, type LitellmConfig } from './interpret.ts';

export interface ConfigFileOptions {
  /** Where a model is called whose region nothing says. */
  readonly defaultRegion: string;
  /** The file's name, for messages. */
  readonly file?: string;
  /** See `InterpretOptions`. */
  readonly logsRequests?: boolean;
}

/**
 * Reads the text of LiteLLM's `config.yaml`. Throws an Error that names the file, the line or the
 * path in it, and the mend.
 */
export function readCatalogue(yamlText: string, env: Environment, options: ConfigFileOptions): LitellmConfig {
  const file = options.file ?? 'config.yaml';
  return interpret(parseConfig(yamlText, file), env, { ...options, file });
}

/** Reads LiteLLM's `config.yaml` and the files it includes. Rejects as `readCatalogue` throws. */
export async function loadConfigFile(
  path: string,
  env: Environment,
  options: ConfigFileOptions,
): Promise<LitellmConfig> {
  const source = configFiles(path);
  return interpret(await loadConfig(source), env, { ...options, file: options.file ?? source.root });
}
