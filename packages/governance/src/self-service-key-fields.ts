import { GatewayError } from '@genai-gateway/core';
import {
  badField,
  checkAllowed,
  countField,
  countsByModel,
  durationField,
  durationSeconds,
  metadataField,
  textField,
} from './self-service-fields.ts';
import { isReservedMetadata } from './self-service-metadata.ts';
import { chosenModels, ownModels } from './self-service-models.ts';
import type { OwnKey, OwnState, SelfServiceCaller, SelfServicePolicy } from './self-service-policy.ts';

/** Everything that a decision depends on. */
export interface Situation {
  readonly caller: SelfServiceCaller;
  readonly own: OwnState;
  readonly policy: SelfServicePolicy;
}

const NEW_KEY_FIELDS = [
  ...['user_id', 'team_id', 'key_alias', 'duration', 'models', 'max_budget', 'budget_duration', 'rpm_limit'],
  ...['tpm_limit', 'max_parallel_requests', 'model_rpm_limit', 'model_tpm_limit', 'metadata', 'key_type'],
];

/** The fields of a new key of the caller's. Throws as `decideSelfService`. */
export function newKeyFields(
  body: Readonly<Record<string, unknown>>,
  situation: Situation,
): Readonly<Record<string, unknown>> {
  checkAllowed(Object.keys(body), NEW_KEY_FIELDS);
  const { caller, own, policy } = situation;
  if (own.keys.filter(({ isInternal }) => !isInternal).length >= policy.maxKeys) {
    throw new GatewayError(
      'invalid-request',
      `You have ${policy.maxKeys} keys, which is the limit for one person. Delete one that you do not need.`,
    );
  }
  const team = body['team_id'] === undefined ? caller.teamId : ownTeam(body['team_id'], situation);
  const made = commonFields(body, situation, team);
  if (made['models'] === undefined) made['models'] = ownModels(caller.models, userModels(own, team));
  take(made, body, 'max_budget', (name, value) => budget(name, value, situation));
  take(made, body, 'budget_duration', (name, value) => budgetDuration(name, value, situation));
  fillBudget(made, situation);
  fill(made, 'duration', policy.maxKeyDuration);
  fill(made, 'rpm_limit', policy.maxRequestsPerMinute);
  fill(made, 'tpm_limit', policy.maxTokensPerMinute);
  fill(made, 'max_parallel_requests', policy.maxParallelRequests);
  const requests = least(policy.maxRequestsPerMinute, own.requestsPerMinute);
  take(made, body, 'model_rpm_limit', (name, value) => countsByModel(name, value, requests));
  const tokens = least(policy.maxTokensPerMinute, own.tokensPerMinute);
  take(made, body, 'model_tpm_limit', (name, value) => countsByModel(name, value, tokens));
  take(made, body, 'metadata', (_name, value) => metadataField(value, isReservedMetadata));
  made['key_type'] = keyType(body['key_type'], policy);
  if (team !== undefined) made['team_id'] = team;
  return { ...made, user_id: caller.userId };
}

const CHANGED_KEY_FIELDS = [
  ...['key', 'key_alias', 'user_id', 'team_id', 'duration', 'models', 'rpm_limit', 'tpm_limit'],
  'max_parallel_requests',
];

/**
 * The fields that change in a key of the caller's; its budget and its notes are for an administrator to change, who may
 * have set them. `key` is the one that is meant. Throws as `decideSelfService`.
 */
export function changedKeyFields(
  body: Readonly<Record<string, unknown>>,
  situation: Situation,
  key: OwnKey,
): Readonly<Record<string, unknown>> {
  checkAllowed(Object.keys(body), CHANGED_KEY_FIELDS);
  const moved = body['team_id'] === undefined ? undefined : ownTeam(body['team_id'], situation);
  const made = commonFields(body, situation, moved ?? key.teamId);
  if (moved !== undefined) made['team_id'] = moved;
  return { ...made, key: key.keyHash };
}

/** What a new key and a changed one have in common, as far as it was given. */
function commonFields(
  body: Readonly<Record<string, unknown>>,
  { caller, own, policy }: Situation,
  team: string | undefined,
): Record<string, unknown> {
  checkUser(body['user_id'], caller);
  const made: Record<string, unknown> = {};
  take(made, body, 'key_alias', textField);
  take(made, body, 'duration', (name, value) => durationField(name, value, policy.maxKeyDuration));
  take(made, body, 'models', (name, value) => chosenModels(name, value, [caller.models, userModels(own, team)]));
  const count = (name: string, ...limits: readonly (number | undefined)[]): void =>
    take(made, body, name, (_name, value) => countField(name, value, least(...limits)));
  count('rpm_limit', policy.maxRequestsPerMinute, own.requestsPerMinute);
  count('tpm_limit', policy.maxTokensPerMinute, own.tokensPerMinute);
  count('max_parallel_requests', policy.maxParallelRequests, own.maxParallelRequests);
  return made;
}

function take(
  made: Record<string, unknown>,
  body: Readonly<Record<string, unknown>>,
  name: string,
  check: (name: string, value: unknown) => unknown,
): void {
  if (body[name] !== undefined) made[name] = check(name, body[name]);
}

/** A user's own list of models holds for keys without a team; those of a team have the team's. */
function userModels(own: OwnState, team: string | undefined): readonly string[] {
  return team === undefined ? own.models : [];
}

/** The budgets that a key of the caller's may not be larger than: the caller's own, and the administrator's for keys. */
function ceilings({ own, policy }: Situation): { readonly usd: number; readonly duration: string | undefined }[] {
  return [
    { usd: own.maxBudgetUsd, duration: own.budgetDuration },
    { usd: policy.maxBudgetUsd, duration: policy.budgetDuration },
  ].flatMap(({ usd, duration }) => (usd === undefined ? [] : [{ usd, duration }]));
}

function budget(name: string, value: unknown, situation: Situation): number | null {
  const most = least(...ceilings(situation).map(({ usd }) => usd));
  if (value === null && most === undefined) return null;
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw badField(name, most === undefined ? 'has to be a number, 0 or more' : `has to be a number from 0 to ${most}`);
  }
  if (most !== undefined && value > most) throw badField(name, `can be ${most} at most, which is your own budget`);
  return value;
}

/** A budget that comes back sooner than the ceiling's would be a larger one. */
function budgetDuration(name: string, value: unknown, situation: Situation): string {
  const given = durationField(name, value, undefined);
  const seconds = durationSeconds(given, 'shortest') ?? 0;
  for (const { duration } of ceilings(situation)) {
    const least = duration === undefined ? Number.POSITIVE_INFINITY : durationSeconds(duration, 'longest');
    if (given === duration || (least !== undefined && seconds >= least)) continue;
    throw badField(
      name,
      duration === undefined
        ? 'is not for you to set: your own budget is for good'
        : `can be no shorter than ${duration}`,
    );
  }
  return given;
}

/** A key without a budget gets the smallest one that it could have. */
function fillBudget(made: Record<string, unknown>, situation: Situation): void {
  if (made['max_budget'] !== undefined) return;
  const smallest = ceilings(situation).toSorted((one, other) => one.usd - other.usd)[0];
  if (smallest === undefined) return;
  made['max_budget'] = smallest.usd;
  const isSafe = ceilings(situation).every(({ duration }) => duration === smallest.duration);
  if (made['budget_duration'] === undefined && smallest.duration !== undefined && isSafe) {
    made['budget_duration'] = smallest.duration;
  }
}

function fill(made: Record<string, unknown>, name: string, value: number | string | undefined): void {
  if (value !== undefined && made[name] === undefined) made[name] = value;
}

function keyType(value: unknown, policy: SelfServicePolicy): string {
  if (value === undefined) return policy.keyType;
  const allowed = policy.keyType === 'default' ? ['llm_api', 'read_only', 'default'] : ['llm_api'];
  if (typeof value === 'string' && allowed.includes(value)) return value;
  throw badField('key_type', `can be ${allowed.join(' or ')}`);
}

function ownTeam(value: unknown, { caller, own }: Situation): string {
  if (typeof value === 'string' && (value === caller.teamId || own.teamIds.includes(value))) return value;
  throw badField(
    'team_id',
    caller.teamId === undefined ? 'can only be a team of yours' : 'can only be a team of yours, and not none',
  );
}

/** Refuses another user's id. */
export function checkUser(value: unknown, { userId }: SelfServiceCaller): void {
  if (value === undefined || value === userId) return;
  throw badField('user_id', 'can only be your own user id: keys for others are made by an administrator');
}

function least(...limits: readonly (number | undefined)[]): number | undefined {
  const given = limits.filter((limit) => limit !== undefined);
  return given.length === 0 ? undefined : Math.min(...given);
}
