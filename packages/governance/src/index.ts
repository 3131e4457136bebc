export type { AllowList, RequestedModel } from './model-access.ts';
export { checkModelAccess, mayUseModel } from './model-access.ts';
export { checkFormFields, checkRequestFields, checkRequestTarget } from './request-fields.ts';
