import type { AdminSetting } from '@genai-gateway/core';
import type { ConfigDocument } from './config-document.ts';
import { decryptValues } from './decrypt.ts';
import { litellmParamRule } from './deployment-settings.ts';
import type { Environment, StoredFacts } from './interpret.ts';
import { isBedrockModel } from './litellm-model.ts';
import type { StoredTables } from './stored-query.ts';
import { asObject, isOn, text } from './values.ts';

/** The file's document with the database's share in it. */
export interface MergedConfig {
  readonly document: ConfigDocument;
  readonly stored: StoredFacts;
}

/**
 * Merges as LiteLLM does: models, guardrails, policies and attachments join those of the file. In a section
 * the file owns each option that it has, and the database adds those that the file has not. `key`: of the
 * encrypted values.
 *
 * With `store_model_in_db` off LiteLLM reads neither models nor sections. Guardrails and policies count all
 * the same: those made in the Admin UI work in the very LiteLLM that made them.
 *
 * Source: LiteLLM 1.106.2, proxy/config_resolvers/settings_store.py and settings_rules.py,
 * proxy/proxy_server.py (_update_config_from_db, _add_deployment, should_load_db_object),
 * https://github.com/BerriAI/litellm (read 2026-11-23, and seen of the running proxy).
 */
export function mergeStored(
  file: ConfigDocument,
  tables: StoredTables,
  env: Environment,
  key: Buffer | undefined,
): MergedConfig {
  const on = storeIsOn(file, tables, env);
  const paths = new Set<string>();
  const document: Record<string, unknown> = { ...file };
  for (const [section, values] of Object.entries(storedSections(on ? tables.sections : {}, tables.uiSettings, key))) {
    const merged = joinSection(section, asObject(file[section]) ?? {}, values, paths);
    if (Object.keys(merged).length > 0) document[section] = merged;
  }
  const loads = supportedObjects(asObject(document['general_settings'])?.['supported_db_objects']);
  if (on && loads('cache_settings') && Object.keys(tables.cacheSettings).length > 0) {
    // Not by the rule of the sections: LiteLLM turns the cache on, whatever the file says.
    document['litellm_settings'] = {
      ...asObject(document['litellm_settings']),
      cache: true,
      cache_params: decryptValues(tables.cacheSettings, key),
    };
  }
  if (on && loads('models')) joinModels(document, tables.models, key, paths);
  if (loads('guardrails')) joinList(document, 'guardrails', tables.guardrails);
  if (loads('policies')) {
    document['policies'] = { ...asObject(file['policies']), ...tables.policies };
    joinList(document, 'policy_attachments', tables.attachments);
  }
  return {
    document,
    stored: {
      paths,
      bookedGroups: new Set(tables.bookedGroups),
      budgetedTags: new Set(tables.budgetedTags),
      settings: shadowSettings(tables),
    },
  };
}

function storedSections(
  sections: Readonly<Record<string, unknown>>,
  uiSettings: ConfigDocument,
  key: Buffer | undefined,
): Readonly<Record<string, ConfigDocument>> {
  return {
    general_settings: { ...withoutMasterKey(sections['general_settings']), ...uiFlags(uiSettings) },
    router_settings: asObject(sections['router_settings']) ?? {},
    litellm_settings: asObject(sections['litellm_settings']) ?? {},
    environment_variables: variables(sections['environment_variables'], key),
  };
}

/** The file, the environment or the database itself can turn it on, and none can turn it off for the others. */
function storeIsOn(file: ConfigDocument, tables: StoredTables, env: Environment): boolean {
  const written = asObject(file['general_settings'])?.['store_model_in_db'];
  const reference = typeof written === 'string' ? /^os\.environ\/(.*)$/.exec(written)?.[1] : undefined;
  return [
    reference === undefined ? written : env[reference],
    env['STORE_MODEL_IN_DB'],
    asObject(tables.sections['general_settings'])?.['store_model_in_db'],
  ].some(isOn);
}

function joinSection(
  section: string,
  file: ConfigDocument,
  stored: ConfigDocument,
  paths: Set<string>,
): ConfigDocument {
  const added = Object.entries(stored).filter(([name, value]) => value !== null && !Object.hasOwn(file, name));
  for (const [name] of added) paths.add(`${section}.${name}`);
  return { ...Object.fromEntries(added), ...file };
}

/** LiteLLM takes its master key of the file or the environment, before it opens the database. */
function withoutMasterKey(value: unknown): ConfigDocument {
  const { master_key: _, ...rest } = asObject(value) ?? {};
  return rest;
}

/** The switches of the Admin UI that change a model call; LiteLLM copies them into `general_settings`. */
function uiFlags(uiSettings: ConfigDocument): ConfigDocument {
  const flags = ['forward_client_headers_to_llm_api', 'forward_llm_provider_auth_headers'];
  return Object.fromEntries(Object.entries(uiSettings).filter(([name]) => flags.includes(name)));
}

/** LiteLLM sets each variable under its name in capitals too. */
function variables(value: unknown, key: Buffer | undefined): ConfigDocument {
  const values = decryptValues(asObject(value) ?? {}, key);
  return Object.fromEntries(Object.entries(values).map(([name, each]) => [name.toUpperCase(), each]));
}

/** `general_settings.supported_db_objects`: which kinds LiteLLM loads; without it all. */
function supportedObjects(value: unknown): (kind: string) => boolean {
  return Array.isArray(value) ? (kind) => value.some((each) => String(each) === kind) : () => true;
}

/** A row of LiteLLM_ProxyModelTable as an entry of `model_list`. */
function modelEntry(value: unknown, key: Buffer | undefined): ConfigDocument {
  const row = asObject(value) ?? {};
  const params = asObject(row['litellm_params']);
  return {
    model_name: row['model_name'],
    litellm_params: params === undefined ? undefined : decryptParams(params, key),
    model_info: { ...asObject(row['model_info']), id: row['model_id'], db_model: true, blocked: row['blocked'] },
  };
}

/** Only what is read of them: other providers' parameters and all credentials stay encrypted. */
function decryptParams(params: ConfigDocument, key: Buffer | undefined): ConfigDocument {
  const { model, custom_llm_provider: provider, ...rest } = params;
  const target = decryptValues({ model, custom_llm_provider: provider }, key);
  const name = text(target['model']);
  if (name === undefined || !isBedrockModel(name, text(target['custom_llm_provider']))) return { ...rest, ...target };
  const isCredential = (param: string) => {
    const rule = litellmParamRule(param);
    return rule?.use === 'setting' && rule.kind === 'credentials';
  };
  const readable = Object.fromEntries(Object.entries(rest).filter(([param]) => !isCredential(param)));
  return { ...rest, ...decryptValues(readable, key), ...target };
}

function joinModels(
  document: Record<string, unknown>,
  rows: readonly unknown[],
  key: Buffer | undefined,
  paths: Set<string>,
): void {
  const before = listOf(document['model_list']);
  document['model_list'] = [...before, ...rows.map((row) => modelEntry(row, key))];
  for (const index of rows.keys()) paths.add(`model_list[${before.length + index}]`);
}

function joinList(document: Record<string, unknown>, name: string, stored: readonly unknown[]): void {
  if (stored.length > 0) document[name] = [...listOf(document[name]), ...stored];
}

/** A list of the file; some lists may be mappings there. */
function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : Object.values(asObject(value) ?? {});
}

function shadowSettings(tables: StoredTables): AdminSetting[] {
  return tables.shadowEvaluation ? [{ scope: 'proxy', kind: 'callbacks', name: 'a shadow evaluation' }] : [];
}
