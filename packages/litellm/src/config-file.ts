import { resolve } from 'node:path';
import type { AdminSetting } from '@genai-gateway/core';
import type { Catalogue, CatalogueDeployment, ModelAlias } from '@genai-gateway/routing';
import { type ConfigDocument, loadConfig, parseConfig } from './config-document.ts';
import { generalRules } from './general-settings.ts';
import { type ReadContext, readModelEntry, resolved } from './model-list.ts';
import { litellmRules, responseCacheIsOn, routerRules, sectionRules } from './proxy-settings.ts';
import { type Rules, ruleOf } from './setting-rule.ts';
import { asObject, isFilled, text } from './values.ts';

export interface ConfigFileOptions {
  /** Where a model is called whose region nothing says. */
  readonly defaultRegion: string;
  /** The file's name, for messages. */
  readonly file?: string;
}

/** What LiteLLM's configuration file says. */
export interface LitellmConfig {
  readonly catalogue: Catalogue;
  /** `general_settings.master_key`, else the variable LITELLM_MASTER_KEY. */
  readonly masterKey: string | undefined;
  /** What an administrator should know, ready for the log. They hold no secrets. */
  readonly warnings: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the text of LiteLLM's `config.yaml`. Throws an Error that names the file, the line or the
 * path in it, and the mend.
 */
export function readCatalogue(yamlText: string, env: Environment, options: ConfigFileOptions): LitellmConfig {
  return interpret(parseConfig(yamlText, options.file ?? 'config.yaml'), env, options);
}

/** Reads LiteLLM's `config.yaml` and the files it includes. Rejects as `readCatalogue` throws. */
export async function loadConfigFile(
  path: string,
  env: Environment,
  options: ConfigFileOptions,
): Promise<LitellmConfig> {
  return interpret(await loadConfig(path), env, { ...options, file: options.file ?? resolve(path) });
}

function interpret(config: ConfigDocument, env: Environment, options: ConfigFileOptions): LitellmConfig {
  const warnings: string[] = [];
  const file = options.file ?? 'config.yaml';
  const context: ReadContext = {
    file,
    env,
    defaultRegion: options.defaultRegion,
    warn: (message) => warnings.push(`${file}: ${message}`),
  };
  const router = section(config, 'router_settings', file);
  const litellm = section(config, 'litellm_settings', file);
  const general = section(config, 'general_settings', file);
  const groupAliases = readGroupAliases(router, litellm);
  const aliasSettings = new Map<string, AdminSetting[]>();
  const entries = list(config, 'model_list', file).map((entry, index) => readModelEntry(entry, index, context));
  const names = new Set(entries.map((entry) => entry.name));
  const proxySettings = [
    ...sectionSettings(config, context),
    ...ruleSettings('router_settings', router, routerRules, context),
    ...ruleSettings('litellm_settings', litellm, litellmRules, context),
    ...ruleSettings('general_settings', general, generalRules, context),
    ...environmentSettings(section(config, 'environment_variables', file), context),
  ];
  if (responseCacheIsOn(litellm['cache'], litellm['cache_params'])) {
    proxySettings.push({ scope: 'proxy', kind: 'response-cache', name: 'litellm_settings.cache' });
  }
  for (const [name, values] of [
    ['router_settings', router],
    ['litellm_settings', litellm],
  ] as const) {
    proxySettings.push(...spreadFallbacks(name, values, names, groupAliases, aliasSettings, context));
  }
  for (const [name, target] of groupAliases) {
    if (!names.has(target)) context.warn(`the alias '${name}' leads to '${target}', which is not in model_list.`);
  }
  if (isFilled(config['include'])) context.warn("'include' is not followed here; load the file by its path.");
  if (general['store_model_in_db'] === true) {
    context.warn('general_settings.store_model_in_db is on: what is kept in the database only is not in this file.');
  }
  return {
    catalogue: { aliases: aliasesOf(entries, aliasSettings), groupAliases, settings: proxySettings },
    masterKey: readMasterKey(general, context),
    warnings,
  };
}

function aliasesOf(
  entries: readonly { name: string; deployment: CatalogueDeployment; accessGroups: readonly string[] }[],
  aliasSettings: ReadonlyMap<string, readonly AdminSetting[]>,
): Map<string, ModelAlias> {
  const aliases = new Map<string, ModelAlias>();
  for (const { name, deployment, accessGroups } of entries) {
    const before = aliases.get(name);
    const settings = [...(aliasSettings.get(name) ?? [])];
    if (name.includes('*')) settings.push({ scope: 'alias', kind: 'wildcard-alias', name });
    aliases.set(name, {
      name,
      deployments: [...(before?.deployments ?? []), deployment],
      accessGroups: [...new Set([...(before?.accessGroups ?? []), ...accessGroups])],
      settings,
    });
  }
  return aliases;
}

/** `model_group_alias` (a name, or `{ model, hidden }`) and the older `model_alias_map`. */
function readGroupAliases(router: ConfigDocument, litellm: ConfigDocument): Map<string, string> {
  const aliases = new Map<string, string>();
  for (const map of [litellm['model_alias_map'], router['model_group_alias']]) {
    for (const [name, value] of Object.entries(asObject(map) ?? {})) {
      const target = text(value) ?? text(asObject(value)?.['model']);
      if (target !== undefined) aliases.set(name, target);
    }
  }
  return aliases;
}

/** Puts each fallback list on the alias it is for; the ones for every model are settings of the proxy. */
function spreadFallbacks(
  section: string,
  values: ConfigDocument,
  names: ReadonlySet<string>,
  groupAliases: ReadonlyMap<string, string>,
  aliasSettings: Map<string, AdminSetting[]>,
  context: ReadContext,
): AdminSetting[] {
  const proxy: AdminSetting[] = [];
  for (const option of ['fallbacks', 'context_window_fallbacks', 'content_policy_fallbacks']) {
    const name = `${section}.${option}`;
    const value = values[option];
    if (!isFilled(value)) continue;
    if (!Array.isArray(value) || value.some((each) => asObject(each) === undefined)) {
      throw new Error(
        `${context.file}: ${name} has to be a list of mappings, such as [{ "my-model": ["my-other-model"] }].`,
      );
    }
    for (const [from, targets] of value.flatMap((each) => Object.entries(asObject(each) ?? {}))) {
      if (!isFilled(targets)) continue;
      if (from === '*') {
        proxy.push({ scope: 'proxy', kind: 'fallbacks', name });
        continue;
      }
      const alias = groupAliases.get(from) ?? from;
      const wildcards = [...names].filter((each) => each.includes('*') && wildcardMatches(each, alias));
      const holders = names.has(alias) ? [alias] : wildcards;
      if (holders.length === 0) context.warn(`${name} names '${from}', which is not in model_list.`);
      for (const holder of holders) {
        aliasSettings.set(holder, [...(aliasSettings.get(holder) ?? []), { scope: 'alias', kind: 'fallbacks', name }]);
      }
    }
  }
  return proxy;
}

function wildcardMatches(pattern: string, name: string): boolean {
  const literal = (part: string) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${pattern.split('*').map(literal).join('.*')}$`).test(name);
}

function ruleSettings(name: string, values: ConfigDocument, rules: Rules, context: ReadContext): AdminSetting[] {
  return Object.entries(values).flatMap(([option, value]): AdminSetting[] => {
    const rule = ruleOf(rules, option);
    const path = `${name}.${option}`;
    if (rule === undefined) {
      if (value === undefined || value === null) return [];
      context.warn(`${path} is not known to the gateway, so every call goes through LiteLLM while it is set.`);
      return [{ scope: 'proxy', kind: 'unknown-option', name: path }];
    }
    return rule.use === 'setting' && rule.counts(value) ? [{ scope: 'proxy', kind: rule.kind, name: path }] : [];
  });
}

/** The file's own sections: LiteLLM reads nothing from one it does not know, so that is only worth a warning. */
function sectionSettings(config: ConfigDocument, context: ReadContext): AdminSetting[] {
  return Object.entries(config).flatMap(([name, value]): AdminSetting[] => {
    const rule = ruleOf(sectionRules, name);
    if (rule === undefined) context.warn(`the section '${name}' means nothing to LiteLLM; is it misspelt?`);
    return rule?.use === 'setting' && rule.counts(value) ? [{ scope: 'proxy', kind: rule.kind, name }] : [];
  });
}

const regionVariables = new Set(['AWS_REGION_NAME', 'AWS_REGION', 'AWS_DEFAULT_REGION']);

/** `environment_variables` change LiteLLM's own AWS identity, which the hot path does not share. */
function environmentSettings(variables: ConfigDocument, context: ReadContext): AdminSetting[] {
  return Object.entries(variables).flatMap(([name, value]): AdminSetting[] => {
    if (!name.startsWith('AWS_') || !isFilled(value)) return [];
    const path = `environment_variables.${name}`;
    if (!regionVariables.has(name)) return [{ scope: 'proxy', kind: 'credentials', name: path }];
    if (value !== context.defaultRegion) {
      context.warn(
        `${path} does not concern the gateway, which calls ${context.defaultRegion} where nothing else is said.`,
      );
    }
    return [];
  });
}

function readMasterKey(general: ConfigDocument, context: ReadContext): string | undefined {
  const written = resolved(general['master_key'], 'general_settings.master_key', context) ?? undefined;
  if (written !== undefined && typeof written !== 'string') {
    throw new Error(`${context.file}: general_settings.master_key has to be text. Put it in quotes.`);
  }
  const masterKey = text(written) ?? text(context.env['LITELLM_MASTER_KEY']);
  if (masterKey !== undefined && !masterKey.startsWith('sk-')) {
    context.warn("the master key does not start with 'sk-', so no caller can use it.");
  }
  return masterKey;
}

function section(config: ConfigDocument, name: string, file: string): ConfigDocument {
  const value = config[name];
  if (value === undefined || value === null) return {};
  const found = asObject(value);
  if (found === undefined) throw new Error(`${file}: '${name}' has to be a mapping. Indent its options below it.`);
  return found;
}

function list(config: ConfigDocument, name: string, file: string): readonly unknown[] {
  const value = config[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Error(`${file}: '${name}' has to be a list. Begin each entry with '- '.`);
  return value;
}
