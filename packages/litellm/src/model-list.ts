import type { AdminSetting } from '@genai-gateway/core';
import type { CatalogueDeployment, Deployment } from '@genai-gateway/routing';
import { litellmParamRule, modelInfoRules } from './deployment-settings.ts';
import { decoded, isBedrockModel, parseLitellmModel, regionName } from './litellm-model.ts';
import { ruleOf } from './setting-rule.ts';
import { asObject, isFilled, strings, text } from './values.ts';

/** What reading a value of the file needs. */
export interface ReadContext {
  /** The file, for messages. */
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

/** Reads one entry of `model_list`. Throws an Error that names the file, the entry and the mend. */
export function readModelEntry(value: unknown, index: number, context: ReadContext): ModelEntry {
  const entry = asObject(value);
  const name = text(entry?.['model_name']);
  const params = asObject(entry?.['litellm_params']);
  const at = name === undefined ? `model_list[${index}]` : `model_list[${index}] ('${name}')`;
  if (entry === undefined || name === undefined || params === undefined) {
    throw new Error(
      `${context.file}: ${at} has to have a 'model_name' (text) and 'litellm_params' (a mapping with 'model'). Add what is missing.`,
    );
  }
  const model = stringParam(params, 'model', at, context);
  if (model === undefined) {
    throw new Error(`${context.file}: ${at} has no litellm_params.model. Add it, such as 'bedrock/<model id>'.`);
  }
  const info = asObject(entry['model_info']) ?? {};
  const accessGroups = strings(info['access_groups']);
  const wildcard = name.includes('*');
  if (!isBedrockModel(model, text(params['custom_llm_provider']))) {
    const settings: AdminSetting[] = [{ scope: 'deployment', kind: 'other-provider', name: model }];
    return { name, accessGroups, deployment: { deployment: undefined, litellmModel: model, settings } };
  }
  const settings = [...paramSettings(params), ...infoSettings(info)];
  const deployment = wildcard ? undefined : bedrockDeployment(params, model, at, settings, context);
  return { name, accessGroups, deployment: { deployment, litellmModel: model, settings } };
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
