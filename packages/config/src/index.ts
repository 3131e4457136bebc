export type * from './deployment/deployment.ts';
export type { GatewayConfig } from './gateway-config.ts';
export { ConfigError, describeGatewayConfig, readGatewayConfig } from './gateway-config.ts';
export type { OidcIssuerConfig } from './oidc-issuers.ts';
export { readOidcIssuers } from './oidc-issuers.ts';
export type { PublicRoute, RouteTarget } from './route-table.ts';
export { routeTable } from './route-table.ts';
export { withSecretFiles } from './secret-files.ts';
