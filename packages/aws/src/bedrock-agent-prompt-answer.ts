import type {
  ContentBlock,
  GetPromptResponse,
  PromptInferenceConfiguration,
  PromptInputVariable,
  PromptMetadataEntry,
  PromptTemplateConfiguration,
  SystemContentBlock,
  Tool,
  ToolChoice,
  ToolConfiguration,
  PromptVariant as VariantAnswer,
} from '@aws-sdk/client-bedrock-agent';
import { GatewayError } from '@genai-gateway/core';
import type { Prompt, PromptTemplate, PromptVariant } from '@genai-gateway/prompts';
import type {
  ConverseCachePointBlock,
  ConverseInferenceConfig,
  ConverseTextBlock,
  ConverseTool,
  ConverseToolChoice,
  ConverseToolConfig,
  JsonObject,
  JsonValue,
} from '@genai-gateway/protocol';

/**
 * What Bedrock has no field for is in the metadata of a variant: its share of the calls, and a model that Bedrock does
 * not know, by the name under which the gateway serves it. Both fit what metadata may hold: keys up to 128 and values up
 * to 1024 of `[a-zA-Z0-9\s._:/=+@-]`.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_PromptMetadataEntry.html (read 2026-11-23).
 */
const WEIGHT = 'gateway:weight';
const MODEL = 'gateway:model';

/**
 * A prompt as GetPrompt answers it. A variant of a kind that the gateway cannot run is `unusable`, so that the others
 * serve. Throws `prompts-unavailable` for an answer that is no prompt, and `invalid-request` when a weight is no number:
 * shares that nobody meant would not be noticed.
 * Source: @aws-sdk/client-bedrock-agent 3.1138.0, GetPromptResponse (read 2026-11-23).
 */
export function promptOfAnswer(answer: GetPromptResponse): Prompt {
  const { arn, id, name, version, defaultVariant, variants = [] } = answer;
  if (arn === undefined || id === undefined || name === undefined || version === undefined) {
    throw new GatewayError('prompts-unavailable', 'Managed prompts cannot be read at the moment. Try again shortly.', {
      cause: new Error(`GetPrompt answered without one of arn, id, name, version: ${arn}, ${id}.`),
    });
  }
  return {
    arn: withoutVersion(arn),
    promptId: id,
    name,
    version,
    defaultVariant,
    variants: variants.map(variantOf),
  };
}

/** `arn:…:prompt/ABCDEFGHIJ` of `arn:…:prompt/ABCDEFGHIJ:3`. */
export function withoutVersion(arn: string): string {
  return arn.split(':').slice(0, 6).join(':');
}

function variantOf(answer: VariantAnswer): PromptVariant {
  const { name = '', modelId, metadata = [], inferenceConfiguration, additionalModelRequestFields } = answer;
  const otherModel = metadataOf(metadata, MODEL) || undefined;
  return {
    name,
    model: otherModel ?? modelId,
    isRedirected: otherModel !== undefined,
    template: answer.genAiResource === undefined ? templateOf(answer.templateConfiguration) : notForModels,
    inferenceConfig: inferenceConfiguration === undefined ? undefined : inferenceConfigOf(inferenceConfiguration),
    additionalModelRequestFields: fieldsOf(additionalModelRequestFields),
    weight: weightOf(name, metadataOf(metadata, WEIGHT)),
  };
}

const notForModels: PromptTemplate = {
  kind: 'unusable',
  because: 'it is made for an agent or another resource, and the gateway calls models',
};

function templateOf(template: PromptTemplateConfiguration | undefined): PromptTemplate {
  const unknown = unknownPart(template);
  if (unknown !== undefined) return { kind: 'unusable', because: `the gateway does not know its part '${unknown}'` };
  if (template?.text !== undefined) {
    const { text = '', cachePoint, inputVariables } = template.text;
    return { kind: 'text', text, cachePoint: cachePoint !== undefined, variables: namesOf(inputVariables) };
  }
  if (template?.chat === undefined) return { kind: 'unusable', because: 'it has no template' };
  const { system = [], messages = [], toolConfiguration, inputVariables } = template.chat;
  return {
    kind: 'chat',
    system: system.map(blockOf),
    messages: messages.map(({ role, content = [] }) => ({
      role: role === 'assistant' ? 'assistant' : 'user',
      content: content.map(blockOf),
    })),
    toolConfig: toolConfiguration === undefined ? undefined : toolConfigOf(toolConfiguration),
    variables: namesOf(inputVariables),
  };
}

function blockOf(block: ContentBlock | SystemContentBlock): ConverseTextBlock | ConverseCachePointBlock {
  return block.text === undefined ? cachePoint : { text: block.text };
}

function toolConfigOf({ tools = [], toolChoice }: ToolConfiguration): ConverseToolConfig {
  const choice = toolChoice === undefined ? undefined : toolChoiceOf(toolChoice);
  return { tools: tools.map(toolOf), ...(choice === undefined ? {} : { toolChoice: choice }) };
}

function toolOf({ toolSpec }: Tool): ConverseTool {
  if (toolSpec === undefined) return cachePoint;
  const { name = '', description, inputSchema, strict } = toolSpec;
  return {
    toolSpec: {
      name,
      ...(description === undefined ? {} : { description }),
      inputSchema: { json: inputSchema?.json as JsonValue },
      ...(strict === undefined ? {} : { strict }),
    },
  };
}

function toolChoiceOf({ any, tool }: ToolChoice): ConverseToolChoice {
  if (tool !== undefined) return { tool: { name: tool.name ?? '' } };
  return any === undefined ? { auto: {} } : { any: {} };
}

const cachePoint: ConverseCachePointBlock = { cachePoint: { type: 'default' } };

function namesOf(variables: readonly PromptInputVariable[] = []): readonly string[] {
  return variables.flatMap(({ name }) => name ?? []);
}

/** The name of a member of a union, or of a role, that came after this version of the SDK and of Converse's types. */
function unknownPart(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('$unknown' in value && Array.isArray(value.$unknown)) return String(value.$unknown[0]);
  if ('role' in value && value.role !== 'user' && value.role !== 'assistant') return String(value.role);
  for (const [name, each] of Object.entries(value)) {
    // The schema of a tool is the author's own, and may hold anything.
    const unknown = name === 'json' ? undefined : unknownPart(each);
    if (unknown !== undefined) return unknown;
  }
  return undefined;
}

function inferenceConfigOf({ text }: PromptInferenceConfiguration): ConverseInferenceConfig | undefined {
  if (text === undefined) return undefined;
  const { maxTokens, temperature, topP, stopSequences } = text;
  return {
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(stopSequences === undefined ? {} : { stopSequences }),
  };
}

function fieldsOf(document: unknown): JsonObject | undefined {
  return typeof document === 'object' && document !== null && !Array.isArray(document)
    ? (document as JsonObject)
    : undefined;
}

function metadataOf(metadata: readonly PromptMetadataEntry[], key: string): string | undefined {
  return metadata.find((entry) => entry.key === key)?.value?.trim();
}

function weightOf(variant: string, written: string | undefined): number | undefined {
  if (written === undefined) return undefined;
  if (/^\d{1,9}(?:\.\d{1,9})?$/.test(written)) return Number(written);
  throw new GatewayError(
    'invalid-request',
    `The variant '${variant}' of this prompt has the metadata ${WEIGHT} '${written}'. It must be a number of 0 or more, such as 20 or 0.5.`,
    { param: 'model' },
  );
}
