export type { ConverseToOpenaiContext } from './openai-over-converse/converse-to-openai.ts';
export { converseToOpenai } from './openai-over-converse/converse-to-openai.ts';
export type { OpenaiAsConverse, OpenaiToConverseContext } from './openai-over-converse/openai-to-converse.ts';
export { openaiToConverse } from './openai-over-converse/openai-to-converse.ts';
export { parseOpenaiChatRequest } from './openai-over-converse/parse-openai-chat.ts';
export { isKnownStopReason } from './openai-over-converse/stop-reasons.ts';
export type { ConverseToOpenaiStreamContext } from './openai-over-converse/stream.ts';
export { ConverseToOpenaiStream } from './openai-over-converse/stream.ts';
export type { ToolNames } from './openai-over-converse/tool-names.ts';
