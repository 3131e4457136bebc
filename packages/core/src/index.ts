export type { AdminScope, AdminSetting, AdminSettingKind } from './admin-setting.ts';
export { adminSettingKinds } from './admin-setting.ts';
export type { Clock } from './clock.ts';
export type { ErrorCode, Fault, GatewayErrorOptions } from './error.ts';
export { errorCodes, faultOf, GatewayError, isGatewayError, toGatewayError } from './error.ts';
