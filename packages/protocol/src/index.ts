export type {
  AnthropicCharLocation,
  AnthropicCitation,
  AnthropicContentBlockLocation,
  AnthropicPageLocation,
  AnthropicSearchResultLocation,
  AnthropicWebSearchResultLocation,
} from './anthropic/citation.ts';
export type {
  AnthropicBase64Source,
  AnthropicCacheControl,
  AnthropicContentBlock,
  AnthropicDocumentBlock,
  AnthropicImageBlock,
  AnthropicMessage,
  AnthropicOtherBlock,
  AnthropicRedactedThinkingBlock,
  AnthropicSearchResultBlock,
  AnthropicTextBlock,
  AnthropicThinkingBlock,
  AnthropicToolResultBlock,
  AnthropicToolUseBlock,
} from './anthropic/message.ts';
export type {
  AnthropicErrorBody,
  AnthropicErrorType,
  AnthropicReply,
  AnthropicReplyBlock,
  AnthropicStopDetails,
  AnthropicStopReason,
  AnthropicTokenCount,
  AnthropicUsage,
  KnownAnthropicStopReason,
} from './anthropic/reply.ts';
export type {
  AnthropicOutputConfig,
  AnthropicOutputFormat,
  AnthropicRequest,
  AnthropicServerTool,
  AnthropicThinking,
  AnthropicTool,
  AnthropicToolChoice,
} from './anthropic/request.ts';
export type {
  AnthropicContentBlockDelta,
  AnthropicContentBlockStart,
  AnthropicContentBlockStop,
  AnthropicDelta,
  AnthropicMessageDelta,
  AnthropicMessageStart,
  AnthropicMessageStop,
  AnthropicPing,
  AnthropicStreamEvent,
} from './anthropic/stream.ts';
export { AnthropicMessageBuilder, anthropicAnswerOf } from './anthropic/whole-message.ts';
export type { ApiMessage, ChatApi, OpenaiConversationMessage } from './api-message.ts';
export { joinBase64 } from './base64.ts';
export type {
  BedrockChatTemplate,
  BedrockPromptMetadata,
  BedrockPromptVariable,
  BedrockPromptVariant,
  BedrockTextTemplate,
} from './bedrock-agent/prompt.ts';
export type {
  ConverseCitation,
  ConverseCitationLocation,
  ConverseCitationsBlock,
  ConverseCitationsConfig,
  ConverseDocumentRange,
  ConverseSearchResultBlock,
} from './converse/citations.ts';
export type {
  ConverseCachePointBlock,
  ConverseContentBlock,
  ConverseReasoningBlock,
  ConverseTextBlock,
  ConverseToolChangeBlock,
  ConverseToolResultBlock,
  ConverseToolResultContent,
  ConverseToolUseBlock,
} from './converse/content.ts';
export type { ConverseGuardContent, ConverseGuardContentBlock, ConverseGuardrailConfig } from './converse/guardrail.ts';
export type {
  ConverseAudioBlock,
  ConverseAudioFormat,
  ConverseBytesOrS3,
  ConverseDocument,
  ConverseDocumentBlock,
  ConverseDocumentFormat,
  ConverseDocumentSource,
  ConverseImage,
  ConverseImageBlock,
  ConverseImageFormat,
  ConverseS3Location,
  ConverseVideoBlock,
  ConverseVideoFormat,
} from './converse/media.ts';
export type {
  ConverseReply,
  ConverseReplyMessage,
  ConverseStopReason,
  ConverseUsage,
  KnownConverseStopReason,
} from './converse/reply.ts';
export type {
  ConverseInferenceConfig,
  ConverseMessage,
  ConverseOutputConfig,
  ConverseOutputFormat,
  ConverseRequest,
  ConverseSystemBlock,
  ConverseTool,
  ConverseToolChoice,
  ConverseToolConfig,
  ConverseToolSpec,
} from './converse/request.ts';
export type {
  ConverseContentBlockDelta,
  ConverseContentBlockStart,
  ConverseContentBlockStop,
  ConverseEvent,
  ConverseEventType,
  ConverseMessageStart,
  ConverseMessageStop,
  ConverseStreamEvents,
  ConverseStreamMetadata,
} from './converse/stream.ts';
export { ConverseMessageBuilder, converseAnswerOf } from './converse/whole-message.ts';
export type { Frame } from './event-stream/frame.ts';
export {
  decodeFrame,
  encodeEventFrame,
  encodeExceptionFrame,
  FrameSplitter,
  forEachFrame,
  frameEncoder,
  peekEventType,
} from './event-stream/frame.ts';
export type { JsonObject, JsonRecord, JsonValue, Open } from './json.ts';
export { isRecord } from './json.ts';
export type {
  LitellmAssistantMessage,
  LitellmAudioPart,
  LitellmCacheControl,
  LitellmChatRequest,
  LitellmCustomToolCall,
  LitellmFilePart,
  LitellmImagePart,
  LitellmMessage,
  LitellmModelParameters,
  LitellmPart,
  LitellmSystemMessage,
  LitellmTextPart,
  LitellmThinkingBlock,
  LitellmTool,
  LitellmToolCall,
  LitellmToolChoice,
  LitellmToolMessage,
} from './litellm/chat.ts';
export type {
  OpenaiAnnotation,
  OpenaiAnswer,
  OpenaiAnsweredImage,
  OpenaiAnsweredToolCall,
  OpenaiChatCompletion,
  OpenaiChoice,
  OpenaiChunk,
  OpenaiChunkChoice,
  OpenaiDelta,
  OpenaiFinishReason,
  OpenaiProviderFields,
  OpenaiServedTier,
  OpenaiThinkingDelta,
  OpenaiToolCallDelta,
  OpenaiTrace,
  OpenaiUsage,
} from './openai/completion.ts';
export type {
  BedrockEmbeddingFields,
  EmbeddingPurpose,
  OpenaiEmbedding,
  OpenaiEmbeddingFields,
  OpenaiEmbeddingReply,
  OpenaiEmbeddingRequest,
  OpenaiEmbeddingUsage,
} from './openai/embeddings.ts';
export type {
  OpenaiAssistantMessage,
  OpenaiFunctionCall,
  OpenaiFunctionMessage,
  OpenaiMessage,
  OpenaiSystemMessage,
  OpenaiToolCall,
  OpenaiToolMessage,
  OpenaiUserMessage,
} from './openai/message.ts';
export type { OpenaiErrorBody, OpenaiModel, OpenaiModelList } from './openai/other.ts';
export type {
  OpenaiAudioPart,
  OpenaiContentPart,
  OpenaiDocumentPart,
  OpenaiFilePart,
  OpenaiGuardedPart,
  OpenaiImagePart,
  OpenaiMarked,
  OpenaiRefusalPart,
  OpenaiSearchResultPart,
  OpenaiTextPart,
  OpenaiThinkingPart,
  OpenaiVideoPart,
} from './openai/part.ts';
export type {
  OpenaiAllowedToolChoice,
  OpenaiChatRequest,
  OpenaiFunctionDefinition,
  OpenaiJsonSchema,
  OpenaiResponseFormat,
  OpenaiStreamOptions,
  OpenaiTool,
  OpenaiToolChoice,
} from './openai/request.ts';
export type {
  ResponsesInputAudio,
  ResponsesInputCustomCall,
  ResponsesInputCustomOutput,
  ResponsesInputFile,
  ResponsesInputFunctionCall,
  ResponsesInputFunctionOutput,
  ResponsesInputImage,
  ResponsesInputItem,
  ResponsesInputMessage,
  ResponsesInputOutputText,
  ResponsesInputPart,
  ResponsesInputReasoning,
  ResponsesInputRefusal,
  ResponsesInputText,
} from './openai/responses/input.ts';
export type {
  ResponsesAllowedTools,
  ResponsesCustomTool,
  ResponsesFunctionTool,
  ResponsesPrompt,
  ResponsesReasoningConfig,
  ResponsesRequest,
  ResponsesTextConfig,
  ResponsesTextFormat,
  ResponsesTool,
  ResponsesToolChoice,
} from './openai/responses/request.ts';
export type {
  ResponsesAnnotation,
  ResponsesCustomToolCall,
  ResponsesEcho,
  ResponsesError,
  ResponsesFunctionCall,
  ResponsesItemStatus,
  ResponsesOutputItem,
  ResponsesOutputMessage,
  ResponsesOutputText,
  ResponsesReasoningItem,
  ResponsesReasoningPart,
  ResponsesResponse,
  ResponsesSummaryPart,
  ResponsesUsage,
} from './openai/responses/response.ts';
export type {
  ResponsesErrorEvent,
  ResponsesEvent,
  ResponsesEventBody,
  ResponsesPlace,
} from './openai/responses/stream.ts';
export type { VendorChatParameters, VendorReasoning, VendorThinking } from './openai/vendor-parameters.ts';
export type { MadeToolCallId } from './openai/whole-message.ts';
export { OpenaiMessageBuilder, openaiAnswerOf } from './openai/whole-message.ts';
export type { ServedAs } from './served-as.ts';
export { servedAs, usageFromGuardrail } from './served-as.ts';
export { SSE_DONE, SSE_HEARTBEAT, sseData, sseNamed } from './sse.ts';
export { SseReader } from './sse-reader.ts';
export type { Usage } from './usage.ts';
export {
  usageFromAnthropic,
  usageFromConverse,
  usageFromInvocationMetrics,
  usageFromInvokeBody,
  usageFromOpenai,
} from './usage.ts';
