import type { AdminSetting } from '@genai-gateway/core';
import type { CatalogueDeployment, Deployment } from '@genai-gateway/routing';
import { unreadable } from './decrypt.ts';
import { litellmParamRule, modelInfoRules } from './deployment-settings.ts';
import { decoded, isBedrockModel, parseLitellmModel, regionName } from './litellm-model.ts';
import { deploymentId } from './prices/deployment-id.ts';
import { deploymentPrice } from './prices/deployment-price.ts';
import { listedNames } from './prices/listed-names.ts';
import { ruleOf } from './setting-rule.ts';
import { asObject, isFilled, isOn, strings, text } from './values.ts';

/** What reading a value of the document needs. */
export interface ReadContext {
  /** Where the value is written, for messages: the file, or the database. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly defaultRegion: string;
  readonly warn: (message: string) => void;
}

/** One entry of `model_list`. */
export interface ModelEntry {
  readonly name: string;
  readonly deployment: CatalogueDeployment;
  readonly accessGroups: readonly string[];
  /** Lists of models leave it out. */
  readonly hidden: boolean;
  /** Whose own it is, and the name that the team calls it by; undefined: everybody's. */
  readonly team: { readonly id: string; readonly publicName: string } | undefined;
}

const REFERENCE = 'os.environ/';

/**
 * A value of the file, `os.environ/NAME` resolved. Only values that the gateway itself needs are
 * resolved: the secrets of the other providers are LiteLLM's alone.
 */
export function resolved(value: unknown, where: string, context: ReadContext): unknown {
  if (typeof value !== 'string' || !value.startsWith(REFERENCE)) return value;
  const name = value.slice(REFERENCE.length);
  const found = context.env[name];
  if (found === undefined || found === '') {
    throw new Error(
      `${context.file}: ${where} refers to the environment variable ${name}, which is not set. Set it, or write the value into the file.`,
    );
  }
  return found;
}

/**
 * Reads one entry of `model_list`; `path` is how messages call it. Throws an Error that names the file, the
 * entry and the mend.
 */
export function readModelEntry(value: unknown, path: string, context: ReadContext): ModelEntry {
  const entry = asObject(value);
  const name = text(entry?.['model_name']);
  const written = asObject(entry?.['litellm_params']);
  const at = name === undefined ? path : `${path} ('${name}')`;
  if (entry === undefined || name === undefined || written === undefined) {
    throw new Error(
      `${context.file}: ${at} has to have a 'model_name' (text) and 'litellm_params' (a mapping with 'model'). Add what is missing.`,
    );
  }
  const { params, settings: unreadableSettings } = readableParams(written, at, context);
  const info = asObject(entry['model_info']) ?? {};
  const about = { name, accessGroups: strings(info['access_groups']), ...audienceOf(info, name) };
  if (written['model'] === unreadable) {
    return {
      ...about,
      deployment: { deployment: undefined, litellmModel: 'unreadable', settings: unreadableSettings },
    };
  }
  const model = stringParam(params, 'model', at, context);
  if (model === undefined) {
    throw new Error(`${context.file}: ${at} has no litellm_params.model. Add it, such as 'bedrock/<model id>'.`);
  }
  const reads = { maxInputTokens: maxInputTokensOf(info), listedAs: listedNames(model, params, info) };
  if (!isBedrockModel(model, text(params['custom_llm_provider']))) {
    const settings: AdminSetting[] = [{ scope: 'deployment', kind: 'other-provider', name: model }];
    return { ...about, deployment: { deployment: undefined, litellmModel: model, settings, ...reads } };
  }
  const settings = [...unreadableSettings, ...paramSettings(params), ...infoSettings(info)];
  const deployment = name.includes('*') ? undefined : bedrockDeployment(params, model, at, settings, context);
  const id = deploymentId(name, written, info, context.env);
  return {
    ...about,
    deployment: {
      deployment,
      litellmModel: model,
      settings,
      id,
      price: deploymentPrice(params, info),
      weight: typeof params['weight'] === 'number' ? params['weight'] : undefined,
      ...reads,
    },
  };
}

/** LiteLLM too leaves out what is no number. Source: 1.106.2, router.py (_pre_call_checks), read 2026-11-23. */
function maxInputTokensOf({ max_input_tokens: most }: Readonly<Record<string, unknown>>): number | undefined {
  return typeof most === 'number' && most > 0 ? most : undefined;
}

/** In the place of an entry that cannot be read: a name that LiteLLM answers for. */
export function unusableEntry(name: string): ModelEntry {
  const settings: AdminSetting[] = [{ scope: 'deployment', kind: 'unknown-option', name: 'litellm_params' }];
  const deployment = { deployment: undefined, litellmModel: 'unreadable', settings };
  return { name, deployment, accessGroups: [], hidden: false, team: undefined };
}

/** The parameters that could be decrypted; the others stand against serving the model. */
function readableParams(
  written: Readonly<Record<string, unknown>>,
  at: string,
  context: ReadContext,
): { params: Readonly<Record<string, unknown>>; settings: AdminSetting[] } {
  const sealed = Object.keys(written).filter((name) => written[name] === unreadable);
  if (sealed.length === 0) return { params: written, settings: [] };
  context.warn(
    `${at} was encrypted with another key (litellm_params.${sealed.join(', ')}), so the hot path does not serve it. Give the gateway the LITELLM_SALT_KEY of LiteLLM.`,
  );
  return {
    params: Object.fromEntries(Object.entries(written).filter(([name]) => !sealed.includes(name))),
    settings: sealed.map((name) => ({ scope: 'deployment', kind: 'unknown-option', name: `${name} (encrypted)` })),
  };
}

/**
 * Who sees a deployment. LiteLLM lists the models of a team for the team alone, by the public name.
 * Source: LiteLLM 1.106.2, router.py (get_model_names, should_include_deployment) and
 * proxy/common_utils/discoverable_model_filter.py, https://github.com/BerriAI/litellm (read 2026-11-23).
 */
function audienceOf(info: Readonly<Record<string, unknown>>, name: string): Pick<ModelEntry, 'hidden' | 'team'> {
  const teamId = text(info['team_id']);
  return {
    hidden: info['discoverable'] === false || isOn(info['blocked']) || teamId !== undefined,
    team: teamId === undefined ? undefined : { id: teamId, publicName: text(info['team_public_model_name']) ?? name },
  };
}

/** The target; what stands against calling it is added to `settings`. */
function bedrockDeployment(
  params: Readonly<Record<string, unknown>>,
  model: string,
  at: string,
  settings: AdminSetting[],
  context: ReadContext,
): Deployment | undefined {
  const parsed = parseLitellmModel(model);
  const override = stringParam(params, 'model_id', at, context);
  const target = override === undefined ? parsed : parseLitellmModel(decoded(override));
  if (parsed.route !== undefined) {
    settings.push({ scope: 'deployment', kind: 'unknown-option', name: `model (${parsed.route})` });
  }
  if (target.modelId === undefined) {
    const name = override === undefined ? 'model' : 'model_id';
    if (parsed.route === undefined) {
      settings.push({ scope: 'deployment', kind: 'unknown-option', name });
      context.warn(
        `${at}: litellm_params.${name} '${override ?? model}' is no Bedrock model id, inference profile or ARN that the gateway knows; LiteLLM serves it.`,
      );
    }
    return undefined;
  }
  // LiteLLM's order: what is written, the path of the name, the ARN that is called.
  const written = stringParam(params, 'aws_region_name', at, context);
  const region = written ?? parsed.region ?? target.region ?? context.defaultRegion;
  if (!regionName.test(region)) {
    throw new Error(
      `${context.file}: ${at} has litellm_params.aws_region_name '${region}', which is no AWS region. Write one, such as 'us-east-1'.`,
    );
  }
  return { provider: 'bedrock', modelId: target.modelId, region, endpoint: endpointOf(params, at, context) };
}

function endpointOf(params: Readonly<Record<string, unknown>>, at: string, context: ReadContext): string | undefined {
  const written = stringParam(params, 'aws_bedrock_runtime_endpoint', at, context);
  if (written === undefined) return undefined;
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new Error(
      `${context.file}: ${at} has litellm_params.aws_bedrock_runtime_endpoint '${written}', which is no URL. Write one, such as 'https://vpce-….vpce.amazonaws.com'.`,
    );
  }
  return written.replace(/\/+$/, '');
}

function stringParam(
  params: Readonly<Record<string, unknown>>,
  name: string,
  at: string,
  context: ReadContext,
): string | undefined {
  const value = resolved(params[name], `${at}, litellm_params.${name},`, context);
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  throw new Error(`${context.file}: ${at} has a litellm_params.${name} that is not text. Put it in quotes.`);
}

function paramSettings(params: Readonly<Record<string, unknown>>): AdminSetting[] {
  return Object.entries(params).flatMap(([name, value]): AdminSetting[] => {
    const rule = litellmParamRule(name);
    if (rule === undefined) {
      return isFilled(value) ? [{ scope: 'deployment', kind: 'unknown-option', name }] : [];
    }
    return rule.use === 'setting' && rule.counts(value) ? [{ scope: 'deployment', kind: rule.kind, name }] : [];
  });
}

function infoSettings(info: Readonly<Record<string, unknown>>): AdminSetting[] {
  return Object.entries(info).flatMap(([name, value]): AdminSetting[] => {
    const rule = ruleOf(modelInfoRules, name);
    if (rule?.use !== 'setting' || !rule.counts(value)) return [];
    return [{ scope: 'deployment', kind: rule.kind, name: `model_info.${name}` }];
  });
}
