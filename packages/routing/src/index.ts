export type { BedrockId } from './bedrock-id.ts';
export { parseBedrockId } from './bedrock-id.ts';
export type { Catalogue, CatalogueDeployment, Deployment, ModelAlias } from './catalogue.ts';
export { emptyCatalogue } from './catalogue.ts';
export type { Eligibility } from './eligibility.ts';
export { describeReasons, eligibility, summarizeReasons } from './eligibility.ts';
export type { RegionPolicy, Resolution } from './resolve.ts';
export { matchesWildcard, resolveModel } from './resolve.ts';
