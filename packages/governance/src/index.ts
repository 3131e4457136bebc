export type {
  Account,
  Accounts,
  OpenOutcome,
  OpenRequest,
  Refusal,
  Standing,
  Standings,
} from './accounts.ts';
export type { AllowList, RequestedModel } from './model-access.ts';
export { checkModelAccess, mayUseModel } from './model-access.ts';
export { checkFormFields, checkRequestFields, checkRequestTarget } from './request-fields.ts';
export type { CallEnd, Payer, UsageEvent } from './usage-event.ts';
