export type { GatewayConfig } from './gateway-config.ts';
export { ConfigError, describeGatewayConfig, readGatewayConfig } from './gateway-config.ts';
