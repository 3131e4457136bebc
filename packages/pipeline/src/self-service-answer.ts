import type { OwnState, SelfServiceAction, SelfServiceCaller } from '@genai-gateway/governance';

type Json = Readonly<Record<string, unknown>>;

/**
 * LiteLLM's answer as the caller reads it: without the gateway's own keys, and for `/user/new` in the shape that
 * LiteLLM gives a new user in.
 * Source: LiteLLM 1.106.2, the answers of proxy/management_endpoints (read 2026-11-23).
 */
export function shapeAnswer(
  action: SelfServiceAction,
  answer: unknown,
  caller: SelfServiceCaller,
  own: OwnState,
): unknown {
  const json = objectOf(answer);
  if (json === undefined) return answer;
  if (action === 'user-new') return newUser(json, caller, own);
  if (action !== 'key-list' && action !== 'user-info') return json;
  const keys = Array.isArray(json['keys']) ? json['keys'] : [];
  const internal = new Set(own.keys.flatMap(({ isInternal, keyHash }) => (isInternal ? [keyHash] : [])));
  const visible = keys.filter((key) => !internal.has(typeof key === 'string' ? key : String(objectOf(key)?.['token'])));
  const total = json['total_count'];
  return {
    ...json,
    keys: visible,
    ...(typeof total === 'number' ? { total_count: total - (keys.length - visible.length) } : {}),
  };
}

/** Of a new key's answer, or of what is known of the user where no key was asked for. */
function newUser(json: Json, { userId, email }: SelfServiceCaller, { teamIds }: OwnState): Json {
  const user = objectOf(json['user_info']);
  const ofKey = user === undefined ? json : { ...user, key: '' };
  return { ...ofKey, user_id: userId, user_email: email ?? null, user_role: 'internal_user', teams: teamIds };
}

function objectOf(value: unknown): Json | undefined {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Json) : undefined;
}
