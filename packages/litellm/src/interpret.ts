import { type AdminSetting, errorMessage } from '@genai-gateway/core';
import type { Catalogue, ModelAlias } from '@genai-gateway/routing';
import type { ConfigDocument } from './config-document.ts';
import { spreadFallbacks } from './fallbacks.ts';
import { generalRules } from './general-settings.ts';
import { type ModelEntry, type ReadContext, readModelEntry, resolved, unusableEntry } from './model-list.ts';
import { litellmRules, responseCacheIsOn, routerRules, sectionRules } from './proxy-settings.ts';
import { withoutS3Loggers } from './s3-loggers.ts';
import { type Rules, ruleOf } from './setting-rule.ts';
import { asObject, isFilled, isOn, strings, text } from './values.ts';

/** What LiteLLM's configuration says. */
export interface LitellmConfig {
  readonly catalogue: Catalogue;
  /** `general_settings.master_key`, else the variable LITELLM_MASTER_KEY. */
  readonly masterKey: string | undefined;
  /** What an administrator should know, ready for the log. They hold no secrets. */
  readonly warnings: readonly string[];
}

/** The process's variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What reading a document needs beside it. */
export interface InterpretOptions {
  /** Where a model is called whose region nothing says. */
  readonly defaultRegion: string;
  /** The file's name, for messages. */
  readonly file: string;
  /** Whether the gateway writes a request log: then LiteLLM's loggers into S3 need not see every call. */
  readonly logsRequests?: boolean;
}

/** What LiteLLM's database adds to a document beyond what it puts into it. */
export interface StoredFacts {
  /** Which paths of the document are the database's: `model_list[3]`, `router_settings.fallbacks`. */
  readonly paths: ReadonlySet<string>;
  /** The values of `model_info.access_groups` that calls are booked on. */
  readonly bookedGroups: ReadonlySet<string>;
  /** Tags with a budget or with limits. */
  readonly budgetedTags: ReadonlySet<string>;
  /** What holds for every call and has no place in a document. */
  readonly settings: readonly AdminSetting[];
}

/** The facts of a document that is the file alone. */
const nothingStored: StoredFacts = {
  paths: new Set(),
  bookedGroups: new Set(),
  budgetedTags: new Set(),
  settings: [],
};

/** How messages call the database, where they would name the file. */
export const databaseName = "LiteLLM's database";

/**
 * What a document says. Throws an Error that names the file, the path in it and the mend. What came from
 * the database never throws: LiteLLM serves what cannot be understood of it, and a warning says so.
 */
export function interpret(
  config: ConfigDocument,
  env: Environment,
  options: InterpretOptions,
  stored: StoredFacts = nothingStored,
): LitellmConfig {
  const warnings: string[] = [];
  const contextFor = (file: string): ReadContext => ({
    file,
    env,
    defaultRegion: options.defaultRegion,
    warn: (message) => warnings.push(`${file}: ${message}`),
  });
  const inFile = contextFor(options.file);
  const inDatabase = contextFor(databaseName);
  const contextOf = (path: string) => (stored.paths.has(path) ? inDatabase : inFile);
  const router = section(config, 'router_settings', options.file);
  const written = section(config, 'litellm_settings', options.file);
  const litellm = options.logsRequests === true ? withoutS3Loggers(written) : written;
  const general = section(config, 'general_settings', options.file);
  const groupAliases = readGroupAliases(router, litellm);
  const aliasSettings = new Map<string, AdminSetting[]>();
  const entries = list(config, 'model_list', options.file).flatMap((entry, index) => {
    const path = `model_list[${index}]`;
    return stored.paths.has(path) ? readStoredEntry(entry, inDatabase) : [readModelEntry(entry, path, inFile)];
  });
  const names = new Set(entries.map((entry) => entry.name));
  const proxySettings = [
    ...stored.settings,
    ...sectionSettings(config, inFile),
    ...ruleSettings('router_settings', router, routerRules, contextOf),
    ...ruleSettings('litellm_settings', litellm, litellmRules, contextOf),
    ...ruleSettings('general_settings', general, generalRules, contextOf),
    ...environmentSettings(section(config, 'environment_variables', options.file), contextOf),
  ];
  if (responseCacheIsOn(litellm['cache'], litellm['cache_params'])) {
    proxySettings.push({ scope: 'proxy', kind: 'response-cache', name: 'litellm_settings.cache' });
  }
  const fallbackContext = {
    names,
    groupAliases,
    aliasSettings,
    warn: (path: string, message: string) => contextOf(path).warn(message),
    malformed: (path: string, message: string): AdminSetting[] => {
      if (!stored.paths.has(path)) throw new Error(`${options.file}: ${message}`);
      inDatabase.warn(`${message} Every call goes through LiteLLM until then.`);
      return [{ scope: 'proxy', kind: 'unknown-option', name: path }];
    },
  };
  proxySettings.push(...spreadFallbacks('router_settings', router, fallbackContext));
  proxySettings.push(...spreadFallbacks('litellm_settings', litellm, fallbackContext));
  for (const [name, target] of groupAliases) {
    const path = asObject(router['model_group_alias'])?.[name] === undefined ? olderAliases : routerAliases;
    if (!names.has(target)) {
      contextOf(path).warn(`the alias '${name}' leads to '${target}', which is not in model_list.`);
    }
  }
  if (isFilled(config['include'])) inFile.warn("'include' is not followed here; load the file by its path.");
  return {
    catalogue: {
      aliases: aliasesOf(entries, aliasSettings),
      groupAliases,
      teamModels: teamModelsOf(entries),
      budgetedTags: stored.budgetedTags,
      bookedGroups: stored.bookedGroups,
      endUserHeaders: endUserHeadersOf(general),
      endUserBudgetId: text(litellm['max_end_user_budget_id']),
      booksClients: litellm['disable_add_user_agent_to_request_tags'] !== true,
      bookedHeaders: strings(litellm['extra_spend_tag_headers']),
      refusesUnpriced: isOn(litellm['block_requests_for_models_without_pricing']),
      settings: proxySettings,
    },
    masterKey: readMasterKey(general, inFile),
    warnings,
  };
}

/** `user_header_mappings`, else the older `user_header_name`. */
function endUserHeadersOf(general: ConfigDocument): readonly string[] {
  const mappings = [general['user_header_mappings']].flat().flatMap((each) => {
    const mapping = asObject(each);
    const isCustomer = String(mapping?.['litellm_user_role']).toLowerCase() === 'customer';
    return isCustomer ? [text(mapping?.['header_name'])] : [];
  });
  const names = mappings.length > 0 ? mappings : [text(general['user_header_name'])];
  return names.flatMap((name) => (name === undefined ? [] : [name.toLowerCase()]));
}

/** A model of the database. One that cannot be read keeps its name, so that LiteLLM says what is wrong with it. */
function readStoredEntry(value: unknown, context: ReadContext): ModelEntry[] {
  const entry = asObject(value);
  const id = text(asObject(entry?.['model_info'])?.['id']) ?? 'without id';
  try {
    return [readModelEntry(value, `the model ${id}`, context)];
  } catch (error) {
    const message = errorMessage(error);
    context.warn(`${message.replace(`${context.file}: `, '')} The hot path does not serve it until then.`);
    const name = text(entry?.['model_name']);
    return name === undefined ? [] : [unusableEntry(name)];
  }
}

function aliasesOf(
  entries: readonly ModelEntry[],
  aliasSettings: ReadonlyMap<string, readonly AdminSetting[]>,
): Map<string, ModelAlias> {
  const aliases = new Map<string, ModelAlias>();
  for (const { name, deployment, accessGroups, hidden } of entries) {
    const before = aliases.get(name);
    const groups = [...new Set([...(before?.accessGroups ?? []), ...accessGroups])];
    const settings = [...(aliasSettings.get(name) ?? [])];
    if (name.includes('*')) settings.push({ scope: 'alias', kind: 'wildcard-alias', name });
    aliases.set(name, {
      name,
      deployments: [...(before?.deployments ?? []), deployment],
      accessGroups: groups,
      settings,
      hidden: hidden && (before?.hidden ?? true),
    });
  }
  return aliases;
}

function teamModelsOf(entries: readonly ModelEntry[]): Map<string, Set<string>> {
  const teams = new Map<string, Set<string>>();
  for (const { team } of entries) {
    if (team !== undefined) teams.set(team.id, (teams.get(team.id) ?? new Set()).add(team.publicName));
  }
  return teams;
}

const routerAliases = 'router_settings.model_group_alias';
const olderAliases = 'litellm_settings.model_alias_map';

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

type ContextOf = (path: string) => ReadContext;

function ruleSettings(name: string, values: ConfigDocument, rules: Rules, contextOf: ContextOf): AdminSetting[] {
  return Object.entries(values).flatMap(([option, value]): AdminSetting[] => {
    const rule = ruleOf(rules, option);
    const path = `${name}.${option}`;
    if (rule === undefined) {
      if (value === undefined || value === null) return [];
      contextOf(path).warn(`${path} is not known to the gateway, so every call goes through LiteLLM while it is set.`);
      return [{ scope: 'proxy', kind: 'unknown-option', name: path }];
    }
    return rule.use === 'setting' && rule.counts(value) ? [{ scope: 'proxy', kind: rule.kind, name: path }] : [];
  });
}

/** The document's own sections: LiteLLM reads nothing from one it does not know, so that is only worth a warning. */
function sectionSettings(config: ConfigDocument, context: ReadContext): AdminSetting[] {
  return Object.entries(config).flatMap(([name, value]): AdminSetting[] => {
    const rule = ruleOf(sectionRules, name);
    if (rule === undefined) context.warn(`the section '${name}' means nothing to LiteLLM; is it misspelt?`);
    return rule?.use === 'setting' && rule.counts(value) ? [{ scope: 'proxy', kind: rule.kind, name }] : [];
  });
}

const regionVariables = new Set(['AWS_REGION_NAME', 'AWS_REGION', 'AWS_DEFAULT_REGION']);

/** `environment_variables` change LiteLLM's own AWS identity, which the hot path does not share. */
function environmentSettings(variables: ConfigDocument, contextOf: ContextOf): AdminSetting[] {
  return Object.entries(variables).flatMap(([name, value]): AdminSetting[] => {
    if (!name.startsWith('AWS_') || !isFilled(value)) return [];
    const path = `environment_variables.${name}`;
    if (!regionVariables.has(name)) return [{ scope: 'proxy', kind: 'credentials', name: path }];
    const { warn, defaultRegion } = contextOf(path);
    if (value !== defaultRegion) {
      warn(`${path} does not concern the gateway, which calls ${defaultRegion} where nothing else is said.`);
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
