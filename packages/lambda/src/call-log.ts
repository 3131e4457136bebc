import { faultOf, type GatewayError } from '@genai-gateway/core';
import { principalId } from '@genai-gateway/identity';
import { errorText } from '@genai-gateway/telemetry';
import type { AlbEvent, AlbResult } from './alb-event.ts';
import type { CallState } from './call.ts';
import type { FunctionLogger } from './function-environment.ts';

export interface EndedCall {
  readonly call: CallState;
  readonly event: AlbEvent;
  readonly result: AlbResult;
  readonly error: GatewayError | undefined;
  readonly endedAtMs: number;
}

/** One line per call, at its end, in the words of the gateway's own log: names and figures only. */
export function logCall(logger: FunctionLogger, { call, event, result, error, endedAtMs }: EndedCall): void {
  const principal = call.caller?.principal;
  const key = principal?.kind === 'virtual-key' ? principal.key : undefined;
  const outcome = error === undefined ? 'ok' : (`${faultOf(error.code)}-error` as const);
  const line = {
    requestId: call.requestId,
    operation: call.operation,
    outcome,
    status: result.statusCode,
    errorCode: error?.code,
    error: error?.cause === undefined ? undefined : errorText(error.cause),
    principal: principal === undefined ? undefined : principalId(principal),
    isAdministrator: call.caller?.isAdministrator === true ? true : undefined,
    keyAlias: key?.keyAlias,
    userId: key?.userId,
    teamId: key?.teamId,
    requestBytes: event.body?.length ?? 0,
    responseBytes: result.body.length,
    durationMs: endedAtMs - call.startedAtMs,
  };
  if (outcome === 'gateway-error') logger.error('call', line);
  else if (outcome === 'upstream-error') logger.warn('call', line);
  else logger.info('call', line);
}
