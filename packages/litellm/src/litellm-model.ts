import { parseBedrockId } from '@genai-gateway/routing';

/** What `litellm_params.model` of a Bedrock deployment says. */
export interface LitellmBedrockModel {
  /** What Bedrock is called with, decoded; undefined when only LiteLLM knows how to call it. */
  readonly modelId: string | undefined;
  /** The region that the name fixes: `bedrock/us-east-1/…`, or that of an ARN. */
  readonly region: string | undefined;
  /** The part of the name that makes LiteLLM call something other than Converse or InvokeModel: `agent/`. */
  readonly route: string | undefined;
}

/** An AWS region's name: `us-east-1`, `us-gov-west-1`. */
export const regionName = /^[a-z]{2}(?:-[a-z]{2,12}){1,3}-\d{1,2}$/;

/**
 * Routes of LiteLLM that mean the very model they name: `converse/` and `invoke/` only say which of
 * Bedrock's two operations LiteLLM uses.
 * Source: LiteLLM 1.106.2, llms/bedrock/common_utils.py, get_bedrock_route,
 * https://github.com/BerriAI/litellm (read 2026-11-22).
 */
const plainRoutes = new Set(['converse', 'invoke']);

/** True when LiteLLM takes this model for one of Bedrock. */
export function isBedrockModel(model: string, provider: string | undefined): boolean {
  if (provider !== undefined) return provider === 'bedrock' || provider === 'bedrock_converse';
  return model.startsWith('bedrock/') || parseBedrockId(model) !== undefined;
}

/** Takes a model name of LiteLLM's Bedrock provider apart. */
export function parseLitellmModel(model: string): LitellmBedrockModel {
  let rest = model.startsWith('bedrock/') ? model.slice('bedrock/'.length) : model;
  let region: string | undefined;
  let route: string | undefined;
  for (;;) {
    const slash = rest.indexOf('/');
    const first = rest.slice(0, slash);
    // An ARN has slashes of its own, behind a colon.
    if (slash < 1 || first.includes(':') || first.includes('%')) break;
    if (regionName.test(first)) region ??= first;
    else if (!plainRoutes.has(first)) route ??= `${first}/`;
    rest = rest.slice(slash + 1);
  }
  const id = parseBedrockId(decoded(rest));
  return { modelId: id?.modelId, region: region ?? id?.region, route };
}

/** LiteLLM takes ARNs percent-encoded too. */
export function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
