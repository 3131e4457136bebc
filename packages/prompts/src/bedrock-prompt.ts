import { GatewayError } from '@genai-gateway/core';
import {
  type BedrockPromptMetadata,
  type BedrockPromptVariable,
  type BedrockPromptVariant,
  isRecord,
  type JsonObject,
} from '@genai-gateway/protocol';
import type { Prompt, PromptTemplate, PromptVariant } from './prompt.ts';
import type { ManagedPrompt } from './prompt-admin.ts';

/**
 * What Bedrock has no field for is in the metadata of a variant: its share of the calls, and a model that Bedrock does
 * not know, by the name under which the gateway serves it. Both fit what metadata may hold: keys up to 128 and values up
 * to 1024 of `[a-zA-Z0-9\s._:/=+@-]`.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_PromptMetadataEntry.html (read 2026-11-23).
 */
export const gatewayMetadata = { weight: 'gateway:weight', model: 'gateway:model' } as const;

/**
 * A prompt as it is called, of what Bedrock keeps. A variant of a kind that the gateway cannot run is `unusable`, so that
 * the others serve. Throws `invalid-request` when a weight is no number: shares that nobody meant would not be noticed.
 */
export function promptOf({ arn, promptId, version, content }: ManagedPrompt): Prompt {
  const { name, defaultVariant, variants } = content;
  return { arn, promptId, name, version, defaultVariant, variants: variants.map(variantOf) };
}

/** `arn:…:prompt/ABCDEFGHIJ` of `arn:…:prompt/ABCDEFGHIJ:3`. */
export function withoutVersion(arn: string): string {
  return arn.split(':').slice(0, 6).join(':');
}

/**
 * A part of a variant that came after this version of the gateway: the name of a member of a union, or of a role, that
 * neither the SDK nor Converse's types know. What the SDK does not know it cannot write back either.
 */
export function unknownPart(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('$unknown' in value && Array.isArray(value.$unknown)) return String(value.$unknown[0]);
  if ('role' in value && value.role !== 'user' && value.role !== 'assistant') return String(value.role);
  for (const [name, each] of Object.entries(value)) {
    // The schema of a tool and a model's own fields are the author's, and may hold anything.
    const unknown = name === 'json' || name === 'additionalModelRequestFields' ? undefined : unknownPart(each);
    if (unknown !== undefined) return unknown;
  }
  return undefined;
}

function variantOf(kept: BedrockPromptVariant): PromptVariant {
  const { name, modelId, metadata = [], inferenceConfiguration, additionalModelRequestFields } = kept;
  const otherModel = metadataOf(metadata, gatewayMetadata.model) || undefined;
  return {
    name,
    model: otherModel ?? modelId,
    isRedirected: otherModel !== undefined,
    template: kept.genAiResource === undefined ? templateOf(kept.templateConfiguration) : notForModels,
    inferenceConfig: inferenceConfiguration?.text,
    additionalModelRequestFields: isRecord(additionalModelRequestFields)
      ? (additionalModelRequestFields as JsonObject)
      : undefined,
    weight: weightOf(name, metadataOf(metadata, gatewayMetadata.weight)),
  };
}

const notForModels: PromptTemplate = {
  kind: 'unusable',
  because: 'it is made for an agent or another resource, and the gateway calls models',
};

function templateOf(template: BedrockPromptVariant['templateConfiguration'] | undefined): PromptTemplate {
  const unknown = unknownPart(template);
  if (unknown !== undefined) return { kind: 'unusable', because: `the gateway does not know its part '${unknown}'` };
  if (template?.text !== undefined) {
    const { text, cachePoint, inputVariables } = template.text;
    return { kind: 'text', text, cachePoint: cachePoint !== undefined, variables: namesOf(inputVariables) };
  }
  if (template?.chat === undefined) return { kind: 'unusable', because: 'it has no template' };
  const { system = [], messages, toolConfiguration, inputVariables } = template.chat;
  return { kind: 'chat', system, messages, toolConfig: toolConfiguration, variables: namesOf(inputVariables) };
}

function namesOf(variables: readonly BedrockPromptVariable[] = []): readonly string[] {
  return variables.map(({ name }) => name);
}

function metadataOf(metadata: readonly BedrockPromptMetadata[], key: string): string | undefined {
  return metadata.find((entry) => entry.key === key)?.value.trim();
}

function weightOf(variant: string, written: string | undefined): number | undefined {
  if (written === undefined) return undefined;
  if (/^\d{1,9}(?:\.\d{1,9})?$/.test(written)) return Number(written);
  throw new GatewayError(
    'invalid-request',
    `The variant '${variant}' of this prompt has the metadata ${gatewayMetadata.weight} '${written}'. It must be a number of 0 or more, such as 20 or 0.5.`,
    { param: 'model' },
  );
}
