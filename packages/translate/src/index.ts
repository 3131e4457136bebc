export type { ContinueConverseContext } from './conversation/continue-converse.ts';
export { continueConverse } from './conversation/continue-converse.ts';
export type {
  ConverseAsOpenai,
  ConverseRequestToOpenaiContext,
} from './converse-over-openai/converse-request-to-openai.ts';
export { converseRequestToOpenai } from './converse-over-openai/converse-request-to-openai.ts';
export type { LitellmErrorAnswer } from './converse-over-openai/litellm-error.ts';
export { litellmError, litellmStreamError } from './converse-over-openai/litellm-error.ts';
export type { OpenaiReplyToConverseContext } from './converse-over-openai/openai-reply-to-converse.ts';
export { openaiReplyToConverse } from './converse-over-openai/openai-reply-to-converse.ts';
export { parseConverseRequest } from './converse-over-openai/parse-converse.ts';
export { isKnownFinishReason } from './converse-over-openai/stop-reasons.ts';
export type { OpenaiToConverseStreamContext } from './converse-over-openai/stream.ts';
export { OpenaiToConverseStream } from './converse-over-openai/stream.ts';
export type { ConverseToOpenaiContext } from './openai-over-converse/converse-to-openai.ts';
export { converseToOpenai } from './openai-over-converse/converse-to-openai.ts';
export type { OpenaiAsConverse, OpenaiToConverseContext } from './openai-over-converse/openai-to-converse.ts';
export { openaiToConverse } from './openai-over-converse/openai-to-converse.ts';
export { parseOpenaiChatRequest } from './openai-over-converse/parse-openai-chat.ts';
export { isKnownStopReason } from './openai-over-converse/stop-reasons.ts';
export type { ConverseToOpenaiStreamContext } from './openai-over-converse/stream.ts';
export { ConverseToOpenaiStream } from './openai-over-converse/stream.ts';
export type { ToolNames } from './openai-over-converse/tool-names.ts';
export type { PromptParts } from './prompt/prompt-parts.ts';
export type { WithPromptContext } from './prompt/with-prompt.ts';
export { withPrompt } from './prompt/with-prompt.ts';
export type { CachePointContext, CachePointsAdded } from './prompt-caching/with-cache-points.ts';
export { withCachePoints } from './prompt-caching/with-cache-points.ts';
