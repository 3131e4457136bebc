export type { BedrockRuntimeOptions } from './bedrock-runtime.ts';
export { UndiciBedrockRuntime } from './bedrock-runtime.ts';
export type { CredentialProvider } from './credentials.ts';
export { CredentialSource } from './credentials.ts';
export { defaultCredentialProvider } from './default-credentials.ts';
export type { ModelResolverOptions } from './model-resolver.ts';
export { BedrockModelResolver } from './model-resolver.ts';
export type { AwsCredentials, RequestToSign } from './sigv4.ts';
export { encodePathSegment, SigV4Signer } from './sigv4.ts';
