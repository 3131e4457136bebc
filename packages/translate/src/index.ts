export type { ConverseToOpenaiContext } from './converse-to-openai.ts';
export { converseToOpenai } from './converse-to-openai.ts';
export type { OpenaiAsConverse, OpenaiToConverseContext } from './openai-to-converse.ts';
export { openaiToConverse } from './openai-to-converse.ts';
export { parseOpenaiChatRequest } from './parse-openai-chat.ts';
export { isKnownStopReason } from './stop-reasons.ts';
export type { ConverseToOpenaiStreamContext } from './stream.ts';
export { ConverseToOpenaiStream } from './stream.ts';
export type { ToolNames } from './tool-names.ts';
