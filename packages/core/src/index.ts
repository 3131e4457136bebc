export type { AdminScope, AdminSetting, AdminSettingKind } from './admin-setting.ts';
export { adminSettingKinds } from './admin-setting.ts';
export type { Allowance, Budget, RateLimit } from './allowance.ts';
export { noAllowance } from './allowance.ts';
export type { Clock } from './clock.ts';
export type { ErrorCode, Fault, GatewayErrorOptions } from './error.ts';
export { errorCodes, faultOf, GatewayError, isGatewayError, toGatewayError } from './error.ts';
export type { NanoUsd } from './money.ts';
export { nanoUsd, usd } from './money.ts';
