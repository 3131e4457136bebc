export type { AuthenticatorOptions, CredentialHeaders } from './authenticator.ts';
export { Authenticator, credentialFrom } from './authenticator.ts';
export type { EndUserStore } from './end-users.ts';
export { EndUsers } from './end-users.ts';
export type { KeyCacheOptions } from './key-cache.ts';
export { defaultKeyCacheOptions, KeyCache } from './key-cache.ts';
export type { KeyStore } from './key-store.ts';
export type { KeyTags, ModelScope, Principal, VirtualKey } from './principal.ts';
export { noTags, principalId } from './principal.ts';
