export { defaultPrompts } from './bedrock-agent/default-prompts.ts';
export type { SimulatedPrompt, SimulatedPrompts, SimulatedPromptVersion } from './bedrock-agent/simulated-prompt.ts';
export { defaultResources } from './bedrock-control/default-resources.ts';
export type {
  BedrockResources,
  SimulatedDeployment,
  SimulatedProfile,
  SimulatedRouter,
} from './bedrock-control/resources.ts';
export { type ConverseQuestion, converseRefusal } from './converse-refusal.ts';
export { BedrockError, type ExceptionName, exceptionStatus } from './errors.ts';
export { embeddingOf } from './invoke/embeddings.ts';
export { knownModelIds } from './models.ts';
export { type TokenShape, tokenShapes } from './oidc/shapes.ts';
export { type OidcFault, type OidcSimulator, type OidcSimulatorOptions, startOidcSimulator } from './oidc/simulator.ts';
export type { IssueOptions } from './oidc/token-endpoint.ts';
export type { ProviderRequest } from './openai/http/provider-log.ts';
export { type OpenaiSimulator, type OpenaiSimulatorOptions, startOpenaiSimulator } from './openai/simulator.ts';
export { MEDIA_TOKENS, tokensOfText } from './reply/tokens.ts';
export {
  type SagemakerSimulator,
  type SagemakerSimulatorOptions,
  startSagemakerSimulator,
} from './sagemaker/simulator.ts';
export {
  type ScriptCitation,
  type ScriptEvent,
  type ScriptFault,
  type ScriptMatch,
  type ScriptReply,
  type ScriptToolCall,
  type ScriptUsage,
  type SimulatorScript,
  type StopReason,
  type StreamException,
  stopReasons,
  streamExceptions,
} from './script/script.ts';
export { ScriptError } from './script/script-parser.ts';
export { type BedrockSimulator, type BedrockSimulatorOptions, startBedrockSimulator } from './simulator.ts';
export type { LoggedRequest } from './wire/request-log.ts';
export { type Operation, operations } from './wire/routes.ts';
export type { SimulatorCredentials } from './wire/sigv4.ts';
