export type { ModelAccess } from './admit.ts';
export { identify } from './admit.ts';
export { payerOf } from './booking.ts';
export type {
  Call,
  CallContent,
  CallRecord,
  Dialect,
  Outcome,
  Reply,
  ReplyHeaders,
  StreamFailureWords,
} from './call.ts';
export { serveChat } from './chat.ts';
export { serveCountTokens } from './count-tokens.ts';
export { serveEmbeddings } from './embeddings.ts';
export { serveGuardrail } from './guardrail.ts';
export { Heartbeats } from './heartbeats.ts';
export type { LitellmProxy, LitellmRequest, PassThroughAccess, PassThroughRequest } from './litellm.ts';
export { serveMessages } from './messages.ts';
export { serveModels } from './models.ts';
export { serveNative } from './native.ts';
export { OpenaiStreamCodec } from './openai-codec.ts';
export { checkWebSocketTarget, ownHeaders, servedByHeaders, servePassThrough } from './pass-through.ts';
export { callableVariants, mayCallPrompts } from './prompt-access.ts';
export { serveResponses } from './responses.ts';
export type { LitellmManagement, ManagementReply } from './self-service.ts';
export { SelfService } from './self-service.ts';
export { serve } from './serve.ts';
export type { History, Prices, Services } from './services.ts';
export { historyOf } from './session-of-call.ts';
export type { FindKey, OwnerChoice } from './session-owner.ts';
export { ownerOf, ownerOfChoice } from './session-owner.ts';
export { sessionWords } from './session-words.ts';
export type { SessionsRoute } from './sessions.ts';
export { serveSessions } from './sessions.ts';
export type {
  BedrockRuntime,
  HeaderBag,
  ModelOperation,
  NativeRequest,
  UpstreamFlow,
  UpstreamListener,
  UpstreamRequest,
  UpstreamTarget,
} from './upstream.ts';
export { streamException, upstreamError } from './upstream-error.ts';
