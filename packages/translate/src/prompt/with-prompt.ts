import type { ConverseInferenceConfig, ConverseRequest } from '@genai-gateway/protocol';
import { withoutUndefined } from '../json.ts';
import { modelFactsOf } from '../model-facts/model-facts-of.ts';
import type { PromptParts } from './prompt-parts.ts';

export interface WithPromptContext {
  /** The model that is going to be called, behind the prompt. */
  readonly modelId: string;
}

/**
 * The request with what a managed prompt says of everything but messages: its system text before the
 * request's own, its tools where the request offers none, its parameters where the request has none of that
 * name. The prompt's messages go in front by `continueConverse`. `promptVariables` are filled in by now, and
 * Bedrock refuses them where the model is no prompt.
 */
export function withPrompt(request: ConverseRequest, prompt: PromptParts, context: WithPromptContext): ConverseRequest {
  const { promptVariables: _, ...rest } = withParameters(request, prompt, context);
  const system = [...prompt.system, ...(request.system ?? [])];
  return withoutUndefined({
    ...rest,
    system: system.length > 0 ? system : undefined,
    toolConfig: request.toolConfig ?? prompt.toolConfig,
  });
}

/** The request with the prompt's parameters under its own: `inferenceConfig` and `additionalModelRequestFields`, field by field. */
export function withParameters(
  request: ConverseRequest,
  prompt: PromptParts,
  { modelId }: WithPromptContext,
): ConverseRequest {
  const inferenceConfig = mergeInference(request.inferenceConfig, prompt.inferenceConfig, modelId);
  const fields = { ...prompt.additionalModelRequestFields, ...request.additionalModelRequestFields };
  return {
    ...request,
    ...(inferenceConfig === undefined ? {} : { inferenceConfig }),
    ...(Object.keys(fields).length === 0 ? {} : { additionalModelRequestFields: fields }),
  };
}

/** Where a model takes temperature or topP and not both, the caller's one takes the place of the prompt's other. */
function mergeInference(
  own: ConverseInferenceConfig | undefined,
  prompts: ConverseInferenceConfig | undefined,
  modelId: string,
): ConverseInferenceConfig | undefined {
  if (own === undefined || prompts === undefined) return own ?? prompts;
  const samples = own.temperature !== undefined || own.topP !== undefined;
  if (!samples || modelFactsOf(modelId).sampling === 'both') return { ...prompts, ...own };
  const { temperature: _temperature, topP: _topP, ...rest } = prompts;
  return { ...rest, ...own };
}
