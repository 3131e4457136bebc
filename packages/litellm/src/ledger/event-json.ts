import { type ErrorCode, errorCodes, type Payer } from '@genai-gateway/core';
import type { CallEnd, UsageEvent } from '@genai-gateway/governance';
import type { Usage } from '@genai-gateway/protocol';
import { asObject } from '../values.ts';

/** A usage event as one line of JSON, for the journal and the spool; its cost is a string of digits. */
export function usageEventToJson(event: UsageEvent): string {
  const { payer, costNanoUsd } = event;
  const others = JSON.stringify({ ...event, payer: undefined, costNanoUsd: undefined });
  return `{"payer":${payerToJson(payer)},"costNanoUsd":"${costNanoUsd}",${others.slice(1)}`;
}

/** A payer makes many calls, and each is written twice. */
const knownPayers = new WeakMap<Payer, string>();

function payerToJson(payer: Payer): string {
  let json = knownPayers.get(payer);
  if (json === undefined) {
    json = JSON.stringify(payer);
    knownPayers.set(payer, json);
  }
  return json;
}

/**
 * The event that `usageEventToJson` wrote; undefined for any other text, a torn one for example. Fields that it
 * does not know are left out: a newer replica may have written them.
 */
export function usageEventFromJson(text: string): UsageEvent | undefined {
  const json = parse(text);
  if (json === undefined) return undefined;
  const payer = payerFrom(json['payer']);
  const { requestId, operation, endpoint, stream, requestedModel, modelId, region, deploymentId } = json;
  const { startedAtMs, firstByteAtMs, endedAtMs, end, errorCode, errorMessage, isEstimate, costNanoUsd } = json;
  if (payer === undefined || typeof requestId !== 'string' || requestId === '') return undefined;
  if (typeof operation !== 'string' || typeof endpoint !== 'string' || typeof requestedModel !== 'string') {
    return undefined;
  }
  if (typeof stream !== 'boolean' || typeof isEstimate !== 'boolean' || !isEnd(end)) return undefined;
  if (!isMoment(startedAtMs) || !isMoment(endedAtMs) || !isAmount(costNanoUsd)) return undefined;
  return {
    requestId,
    payer,
    operation,
    endpoint,
    stream,
    requestedModel,
    modelId: textOf(modelId),
    region: textOf(region),
    deploymentId: textOf(deploymentId),
    startedAtMs,
    firstByteAtMs: isMoment(firstByteAtMs) ? firstByteAtMs : undefined,
    endedAtMs,
    end,
    errorCode: isErrorCode(errorCode) ? errorCode : undefined,
    errorMessage: textOf(errorMessage),
    usage: usageFrom(json['usage']),
    isEstimate,
    costNanoUsd: BigInt(costNanoUsd),
  };
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function payerFrom(value: unknown): Payer | undefined {
  const json = asObject(value);
  if (json === undefined) return undefined;
  const { keyHash, tags, accessGroups } = json;
  if (typeof keyHash !== 'string' || !isTexts(tags) || !isTexts(accessGroups)) return undefined;
  return {
    keyHash,
    keyAlias: textOf(json['keyAlias']),
    userId: textOf(json['userId']),
    teamId: textOf(json['teamId']),
    teamAlias: textOf(json['teamAlias']),
    organizationId: textOf(json['organizationId']),
    projectId: textOf(json['projectId']),
    endUserId: textOf(json['endUserId']),
    tags,
    accessGroups,
  };
}

/** Every field of the usage, whatever a newer replica knows of; `Usage` has only optional ones. */
function usageFrom(value: unknown): Usage | undefined {
  const json = asObject(value);
  if (json === undefined) return undefined;
  return Object.fromEntries(Object.entries(json).filter(([, figure]) => figure !== null));
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function isEnd(value: unknown): value is CallEnd {
  return value === 'delivered' || value === 'cut' || value === 'refused';
}

/** Milliseconds since 1970 that a `Date` and Postgres can hold. */
function isMoment(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 8.64e15;
}

function isAmount(value: unknown): value is string {
  return typeof value === 'string' && /^-?\d{1,30}$/.test(value);
}

function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && (errorCodes as readonly string[]).includes(value);
}
