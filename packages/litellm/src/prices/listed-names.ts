import { text } from '../values.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The names by which LiteLLM's map lists the model behind a row of the model list, the best first: `azure/gpt-4o` for a
 * deployment of Azure's with that `base_model`, because a deployment's own name says nothing there; for other
 * providers the model with its provider in front, then what its `base_model` says. Undefined: by `model` alone.
 * Source: LiteLLM 1.106.2, router.py (get_router_model_info), https://github.com/BerriAI/litellm (read 2026-11-23).
 */
export function listedNames(model: string, params: Fields, info: Fields): readonly string[] | undefined {
  const provider = text(params['custom_llm_provider']) ?? '';
  const whole = ofProvider(provider, model);
  const baseModel = text(info['base_model']) ?? text(params['base_model']);
  if (baseModel === undefined) return whole === model ? undefined : [whole];
  return whole.startsWith('azure/') ? [ofProvider('azure', baseModel)] : [whole, baseModel];
}

function ofProvider(provider: string, model: string): string {
  return provider === '' || model.startsWith(`${provider}/`) ? model : `${provider}/${model}`;
}

/** Providers whose models LiteLLM knows without their version: `gemini-2.0-flash-001`. */
const NUMBERED = /^(?:vertex_ai|gemini|databricks)\//;
const VERSION = /-\d+$/;
const DATE = /-\d{4}-\d{2}-\d{2}$/;
/** `ft:gpt-4o-2024-08-06:my-org::id`. */
const FINE_TUNED = /^((?:[^/]+\/)?ft:[^:]+):.*$/;
const FIREWORKS = /^fireworks_ai\/([^/#]+)$/;
/** More stand in front of no model. Callers choose the names that a pattern takes in. */
const MAX_IN_FRONT = 5;

/**
 * What a name may be listed as, the most particular first: as it is, without its date or version, and the same without
 * what stands in front, which is a provider, a region, or a provider that passes on another one's models. A model that
 * only another provider lists is thought to read as much here, which LiteLLM leaves open.
 * Source: LiteLLM 1.106.2, utils.py (get_potential_model_names, get_model_info_helper) and
 * llms/fireworks_ai/common_utils.py, https://github.com/BerriAI/litellm (read 2026-11-23).
 */
export function namesInList(name: string): readonly string[] {
  const short = FIREWORKS.exec(name)?.[1];
  const long = short === undefined ? [] : [`fireworks_ai/accounts/fireworks/models/${short}`];
  const parts = name.startsWith('arn:') ? [name] : name.split('/');
  const shorter = parts.slice(0, MAX_IN_FRONT + 1).map((_part, index) => parts.slice(index).join('/'));
  return [...long, ...shorter].flatMap((each) => [each, unversioned(each, NUMBERED.test(name))]);
}

function unversioned(name: string, isNumbered: boolean): string {
  return name.replace(FINE_TUNED, '$1').replace(isNumbered ? VERSION : DATE, '');
}
