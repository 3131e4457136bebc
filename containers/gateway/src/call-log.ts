import { errorText, type WriteLine } from '@genai-gateway/telemetry';
import type { Settled } from './gateway.ts';

/** One line per call, at its end. Names and counts only: nothing of a prompt, an answer or a credential. */
export function logCall(writeLine: WriteLine, settled: Settled, nowMs: number): void {
  const { record, outcome, status, bytesSent } = settled;
  const key = record.principal?.kind === 'virtual-key' ? record.principal.key : undefined;
  const line = {
    requestId: record.requestId,
    dialect: record.dialect,
    operation: record.operation,
    outcome,
    status,
    errorCode: record.errorCode,
    error: record.errorCause === undefined ? undefined : errorText(record.errorCause),
    principal: record.principal === undefined ? undefined : (key?.keyHash ?? 'master'),
    keyAlias: key?.keyAlias,
    userId: key?.userId,
    teamId: key?.teamId,
    alias: record.requestedModel?.slice(0, 200),
    modelId: record.deployment?.modelId,
    region: record.deployment?.region,
    servedBy: record.servedBy,
    ineligible: record.ineligible,
    stream: record.stream,
    stopReason: record.stopReason,
    inputTokens: record.usage?.inputTokens,
    outputTokens: record.usage?.outputTokens,
    cacheReadTokens: record.usage?.cacheReadTokens,
    cacheWriteTokens: record.usage?.cacheWriteTokens,
    cachePoints: record.cachePoints,
    prompt: record.prompt,
    sessionId: record.turn === undefined ? undefined : record.sessionId,
    storedTurns: record.storedTurns,
    isTurnSaved: record.isTurnSaved,
    turnError: record.turnError === undefined ? undefined : errorText(record.turnError),
    costNanoUsd: record.costNanoUsd === undefined ? undefined : Number(record.costNanoUsd),
    isEstimate: record.isEstimate === true ? true : undefined,
    droppedParams: record.droppedParams?.length === 0 ? undefined : record.droppedParams,
    upstreamStatus: record.upstreamStatus,
    upstreamRequestId: record.upstreamRequestId,
    requestBytes: record.requestBytes,
    responseBytes: bytesSent,
    upstreamHeadMs: elapsed(record.startedAtMs, record.upstreamHeadAtMs),
    ttfbMs: elapsed(record.startedAtMs, record.firstByteAtMs),
    durationMs: nowMs - record.startedAtMs,
  };
  // Our own role refused by Bedrock is for the operators to mend: it must raise an alarm.
  const alarming = outcome === 'gateway-error' || record.errorCode === 'upstream-access-denied';
  if (alarming) writeLine('error', line, 'call');
  else if (outcome === 'upstream-error' || record.isTurnSaved === false) writeLine('warn', line, 'call');
  // A page of the Admin UI is a hundred of these.
  else if (outcome === 'ok' && record.operation.startsWith('litellm GET')) writeLine('debug', line, 'call');
  else writeLine('info', line, 'call');
}

function elapsed(fromMs: number, toMs: number | undefined): number | undefined {
  return toMs === undefined ? undefined : toMs - fromMs;
}
