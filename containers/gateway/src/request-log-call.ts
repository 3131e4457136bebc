import { payerOf } from '@genai-gateway/pipeline';
import type { LoggedCall } from '@genai-gateway/request-logs';
import type { Settled } from './gateway.ts';

/** LiteLLM's name for the master key (LiteLLM 1.106.2, constants.py, read 2026-11-23). */
const MASTER_KEY = 'litellm_proxy_master_key';

/** A call that has ended, and when. */
interface EndedCall {
  readonly settled: Settled;
  readonly endedAtMs: number;
}

/**
 * Whether a call is one for the gateway's request log: of a model, on the hot path, refused or not. What LiteLLM serves,
 * LiteLLM logs; what nobody is charged for by nature, as counting tokens, neither does.
 */
export function isLogged({ record }: Settled): boolean {
  return record.endpoint !== undefined && record.servedBy === undefined && record.operation !== 'count-tokens';
}

/** What the request log says of it: what was booked, and where nothing was, what is known. */
export function requestLogCall({ settled: { record, status }, endedAtMs }: EndedCall): LoggedCall {
  const { booked, principal } = record;
  const key = principal?.kind === 'virtual-key' ? principal.key : undefined;
  const payer = booked?.payer ?? payerOf(record);
  return {
    requestId: record.requestId,
    answerId: booked?.requestId ?? record.requestId,
    operation: record.operation,
    endpoint: record.endpoint ?? '',
    stream: record.stream === true,
    startedAtMs: record.startedAtMs,
    firstByteAtMs: record.firstByteAtMs,
    endedAtMs,
    end: booked?.end ?? 'refused',
    httpStatus: status,
    requestedModel: record.requestedModel ?? '',
    modelId: record.deployment?.modelId,
    region: record.deployment?.region,
    deploymentId: booked?.deploymentId,
    payer: principal?.kind === 'master' ? { ...payer, keyHash: MASTER_KEY } : payer,
    userEmail: key?.userEmail,
    errorCode: record.errorCode,
    errorMessage: record.errorMessage,
    usage: booked?.usage,
    isEstimate: booked?.isEstimate ?? false,
    costNanoUsd: booked?.costNanoUsd ?? 0n,
    stopReason: record.stopReason,
    sessionId: record.turn === undefined ? undefined : record.sessionId,
    prompt: record.prompt,
    upstreamRequestId: record.upstreamRequestId,
    content: record.content,
  };
}
