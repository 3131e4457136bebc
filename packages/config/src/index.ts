export type { GatewayConfig } from './gateway-config.ts';
export { ConfigError, describeGatewayConfig, readGatewayConfig } from './gateway-config.ts';
export type { OidcIssuerConfig } from './oidc-issuers.ts';
export { readOidcIssuers } from './oidc-issuers.ts';
