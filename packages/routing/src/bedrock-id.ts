/**
 * What Bedrock takes as `modelId`: a foundation model id, an inference profile id (the same with a
 * geography in front), or an ARN.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html, pattern
 * of `modelId` (as of 2026-11-22).
 */
const MODEL_ID =
  /^(?:[a-z]{2,6}(?:-[a-z]{3,4})?\.)?[a-z0-9]{2,20}(?:-[a-z0-9]{1,20}){0,3}\.[a-z][A-Za-z0-9._-]{1,80}(?::[a-z0-9]{1,20}){0,2}$/;

const ARN =
  /^arn:aws(?:-[a-z]{1,8}){0,2}:(?:bedrock|sagemaker):([a-z]{2}(?:-[a-z]{2,12}){1,3}-\d{1,2}):(?:\d{12})?:(?:foundation-model|inference-profile|application-inference-profile|default-prompt-router|prompt-router|provisioned-model|custom-model|custom-model-deployment|imported-model|prompt|endpoint)\/[A-Za-z0-9._:/-]{1,200}$/;

/** A name that Bedrock itself knows: its id, and the region when the name fixes one. */
export interface BedrockId {
  readonly modelId: string;
  /** The region of an ARN; an id is valid in any region. */
  readonly region: string | undefined;
}

/** Reads a Bedrock model id or ARN, also with LiteLLM's `bedrock/` in front; undefined when it is neither. */
export function parseBedrockId(name: string): BedrockId | undefined {
  if (name.length > 2048) return undefined;
  const modelId = name.startsWith('bedrock/') ? name.slice('bedrock/'.length) : name;
  const arn = ARN.exec(modelId);
  if (arn !== null) return { modelId, region: arn[1] };
  return MODEL_ID.test(modelId) ? { modelId, region: undefined } : undefined;
}
