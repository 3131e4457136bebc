export type { ConnectionBudget } from './deployment/connection-budget.ts';
export { connectionBudget, connectionsPerFunction, functionConcurrency } from './deployment/connection-budget.ts';
export type * from './deployment/deployment.ts';
export type { DescribedVariable } from './deployment/describe-deployment.ts';
export { describeDeployment, faultOfValue } from './deployment/describe-deployment.ts';
export {
  environmentFiles,
  parseEnvironment,
  quoteForEnvironment,
  readEnvironment,
} from './deployment/environment-files.ts';
export type { ImagePins } from './deployment/fault.ts';
export type { DeploymentPass } from './deployment/passes.ts';
export { deploymentPass, globalPass, globalRegion, mainPass, webAclOutput } from './deployment/passes.ts';
export type { DeploymentSource } from './deployment/read-deployment.ts';
export { readDeployment } from './deployment/read-deployment.ts';
export { unknownVariables } from './deployment/variable-names.ts';
export type { GatewayConfig } from './gateway-config.ts';
export { ConfigError, describeGatewayConfig, readGatewayConfig } from './gateway-config.ts';
export type { MigrationConfig } from './migration-config.ts';
export { readMigrationConfig } from './migration-config.ts';
export { defaultModelConfig } from './models/default-model-config.ts';
export type { SupportedRegion } from './models/regions.ts';
export { supportedRegions } from './models/regions.ts';
export type { OidcIssuerConfig } from './oidc-issuers.ts';
export { readOidcIssuers } from './oidc-issuers.ts';
export { faultOfOrigin } from './origins.ts';
export type { CatalogTable, CatalogView, TableColumn } from './request-log-table.ts';
export { requestLogTable, requestLogViews } from './request-log-table.ts';
export { checkPath, nameInPath } from './request-path.ts';
export type { LitellmPlace, RotatedLogin, RotationConfig, RotationKind } from './rotation-config.ts';
export { readRotationConfig, rotationKinds } from './rotation-config.ts';
export type { FunctionTarget, PublicRoute, RouteTarget } from './route-table.ts';
export { routeOf, routeTable } from './route-table.ts';
export { withSecretFiles } from './secret-files.ts';
export { secretIdsOf, secretValuesAsVariables } from './secret-variables.ts';
