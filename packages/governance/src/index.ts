export type {
  Account,
  Accounts,
  OpenOutcome,
  OpenRequest,
  Refusal,
  Standing,
  Standings,
} from './accounts.ts';
export type { AllowancesOptions, CalledModel } from './allowances.ts';
export { allowancesFor } from './allowances.ts';
export type { AttributedField, AttributionOptions } from './attribution.ts';
export { attributor } from './attribution.ts';
export type { AuditLog, AuditRecord } from './audit.ts';
export type { AllowList, RequestedModel } from './model-access.ts';
export { checkModelAccess, mayUseModel } from './model-access.ts';
export { ceilingPrice } from './prices/ceiling-price.ts';
export { costOf, isFree, isPriced } from './prices/cost.ts';
export type { CutEstimate, Estimate } from './prices/estimate.ts';
export { estimateCut, estimateRequest, inputTokensOf } from './prices/estimate.ts';
export { estimateGuardrail } from './prices/guardrail-estimate.ts';
export type { CeilingPrice, Price, PriceFacts } from './prices/price.ts';
export type { RequestSize } from './prices/request-size.ts';
export { measureRequest } from './prices/request-size.ts';
export { rateLimitHeaders, refusalError } from './refusals.ts';
export { checkFormFields, checkRequestFields, checkRequestTarget } from './request-fields.ts';
export type { RequestMetadata } from './request-metadata.ts';
export { mergeRequestMetadata, requestMetadataHeader, spliceRequestMetadata } from './request-metadata.ts';
export type { SelfServiceAction, SelfServiceForward, SelfServiceRequest } from './self-service.ts';
export { decideSelfService, selfServiceAction } from './self-service.ts';
export type { OwnKey, OwnState, SelfServiceCaller, SelfServicePolicy } from './self-service-policy.ts';
export { defaultSelfServicePolicy } from './self-service-policy.ts';
export type { CallEnd, UsageEvent } from './usage-event.ts';
