import { PromptTemplateType } from '@aws-sdk/client-bedrock-agent';
import {
  AudioFormat,
  CachePointType,
  CacheTTL,
  ConversationRole,
  DocumentFormat,
  GuardrailContentQualifier,
  GuardrailContentSource,
  GuardrailConverseContentQualifier,
  GuardrailConverseImageFormat,
  GuardrailImageFormat,
  GuardrailOutputScope,
  GuardrailStreamProcessingMode,
  GuardrailTrace,
  ImageFormat,
  OutputFormatType,
  PerformanceConfigLatency,
  ServiceTierType,
  ToolResultStatus,
  ToolUseType,
  VideoFormat,
} from '@aws-sdk/client-bedrock-runtime';

/**
 * Which members of request shapes are enums. The SDK's schemas call them plain strings; its TypeScript types and
 * value sets know better, so the values come from there. Keyed `Shape.member`.
 */
const enums: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'ApplyGuardrailRequest.outputScope': GuardrailOutputScope,
  'ApplyGuardrailRequest.source': GuardrailContentSource,
  'AudioBlock.format': AudioFormat,
  'CachePointBlock.ttl': CacheTTL,
  'CachePointBlock.type': CachePointType,
  'DocumentBlock.format': DocumentFormat,
  'GuardrailConfiguration.trace': GuardrailTrace,
  'GuardrailConverseImageBlock.format': GuardrailConverseImageFormat,
  'GuardrailConverseTextBlock.qualifiers': GuardrailConverseContentQualifier,
  'GuardrailImageBlock.format': GuardrailImageFormat,
  'GuardrailStreamConfiguration.streamProcessingMode': GuardrailStreamProcessingMode,
  'GuardrailStreamConfiguration.trace': GuardrailTrace,
  'GuardrailTextBlock.qualifiers': GuardrailContentQualifier,
  'ImageBlock.format': ImageFormat,
  'Message.role': ConversationRole,
  'OutputFormat.type': OutputFormatType,
  'PerformanceConfiguration.latency': PerformanceConfigLatency,
  'PromptVariant.templateType': PromptTemplateType,
  'ServiceTier.type': ServiceTierType,
  'ToolResultBlock.status': ToolResultStatus,
  'ToolUseBlock.type': ToolUseType,
  'VideoBlock.format': VideoFormat,
};

/** The values an enum member may have, or undefined for a free string. */
export function enumOf(shapeAndMember: string): readonly string[] | undefined {
  const values = enums[shapeAndMember];
  return values && Object.values(values);
}
