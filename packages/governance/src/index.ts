export type { AllowList, RequestedModel } from './model-access.ts';
export { checkModelAccess, mayUseModel } from './model-access.ts';
export { checkFormFields, checkRequestFields } from './request-fields.ts';
