import { GatewayError } from '@genai-gateway/core';
import type { OwnKey, OwnState, SelfServiceForward } from '@genai-gateway/governance';
import { asObject, strings, text } from '../values.ts';
import { isInternalKey, type KeyRow } from './internal-key.ts';
import { type ManagementAnswer, type ManagementApi, refusalText } from './management-api.ts';

/** LiteLLM's management on behalf of one user at a time: every question is asked with a key of that user's own. */
export class OwnManagement {
  readonly #api: ManagementApi;

  constructor(api: ManagementApi) {
    this.#api = api;
  }

  /**
   * What LiteLLM holds of a user, who is checked by LiteLLM too. Rejects with `litellm-unavailable`, or with
   * `upstream-failed` when the answer is none.
   * Source: LiteLLM 1.106.2, `/user/info` in proxy/management_endpoints/internal_user_endpoints.py (read 2026-11-23).
   */
  async ownState(userId: string, credential: string, signal: AbortSignal): Promise<OwnState> {
    const target = `/user/info?user_id=${encodeURIComponent(userId)}`;
    const answer = await this.#api.ask({ method: 'GET', target }, signal, credential);
    const found = asObject(answer.json);
    const user = asObject(found?.['user_info']);
    if (answer.status !== 200 || user === undefined || user['user_id'] !== userId) {
      throw new GatewayError('upstream-failed', 'LiteLLM did not say what you may do. Try again shortly.', {
        cause: new Error(refusalText(answer)),
      });
    }
    return ownState(user, found?.['keys']);
  }

  /** One question and its whole answer, whatever its status. Rejects with `litellm-unavailable`. */
  ask(request: SelfServiceForward, credential: string, signal: AbortSignal): Promise<ManagementAnswer> {
    return this.#api.ask(request, signal, credential);
  }
}

/** The user's row, and the list of keys. */
function ownState(user: Readonly<Record<string, unknown>>, keys: unknown): OwnState {
  return {
    maxBudgetUsd: figure(user['max_budget']),
    budgetDuration: text(user['budget_duration']),
    requestsPerMinute: figure(user['rpm_limit']),
    tokensPerMinute: figure(user['tpm_limit']),
    maxParallelRequests: figure(user['max_parallel_requests']),
    models: strings(user['models']),
    teamIds: strings(user['teams']),
    keys: Array.isArray(keys) ? keys.flatMap((each) => ownKey(asObject(each), user['user_id'])) : [],
  };
}

function ownKey(row: KeyRow | undefined, userId: unknown): OwnKey[] {
  const keyHash = text(row?.['token']);
  if (row === undefined || keyHash === undefined || row['user_id'] !== userId) return [];
  return [{ keyHash, keyAlias: text(row['key_alias']), teamId: text(row['team_id']), isInternal: isInternalKey(row) }];
}

function figure(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
