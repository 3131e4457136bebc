/*
 * Source: LiteLLM 1.106.2, llms/bedrock/common_utils.py (get_bedrock_base_model, strip_bedrock_throughput_suffix,
 * get_bedrock_cross_region_inference_regions), utils.py (get_model_info_helper) and cost_calculator.py
 * (cost_per_token), https://github.com/BerriAI/litellm (read 2026-11-23).
 */

/** Geographies that the price map knows in front of an id. One that is not here may cost something else. */
const GEOGRAPHY = /^(?:global|us|eu|apac|jp|au|us-gov)\./;
/** `…-v2:0:18k`: a throughput that was bought; `…[1m]`: a length of context. */
const THROUGHPUT = /(:\d+):\d+k$/;
const CONTEXT = /\[\w+\]$/;
const BOUGHT = /:\d+:(\d+)k$/;
/** An ARN whose last part is the id of a model or of an inference profile of AWS's. */
const NAMED_ARN = /^arn:[^/]*:(?:foundation-model|inference-profile)\/(.+)$/;

/**
 * The names under which the price of a model may be listed, the most particular one first: of its region, its own,
 * that without its geography and throughput. Other ARNs than of models and profiles of AWS's have no price by name.
 */
export function priceNames(modelId: string, region: string | undefined): readonly string[] {
  const id = namedModel(modelId);
  const base = id.replace(THROUGHPUT, '$1').replace(CONTEXT, '').replace(GEOGRAPHY, '');
  const regional = region === undefined ? [] : [`bedrock/${region}/${id}`];
  return [...regional, `bedrock/${id}`, id, `bedrock/${base}`, base];
}

/** How much a throughput that was bought reads, as its id says it (`…:0:24k`); undefined: the id says nothing. */
export function boughtContextTokens(modelId: string): number | undefined {
  const [, thousands] = BOUGHT.exec(modelId) ?? [];
  return thousands === undefined ? undefined : Number(thousands) * 1_000;
}

/** The id that the ARN of a model or of an inference profile of AWS's holds; what is none stays as it is. */
export function namedModel(modelId: string): string {
  return NAMED_ARN.exec(modelId)?.[1] ?? modelId;
}
