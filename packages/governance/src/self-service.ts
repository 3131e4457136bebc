import { hash } from 'node:crypto';
import { GatewayError } from '@genai-gateway/core';
import { badField, checkAllowed } from './self-service-fields.ts';
import { changedKeyFields, checkUser, newKeyFields, type Situation } from './self-service-key-fields.ts';
import type { OwnKey, OwnState, SelfServiceCaller, SelfServicePolicy } from './self-service-policy.ts';

/** What a login without an admin role may do in LiteLLM's management, for itself. */
export type SelfServiceAction =
  | 'user-new'
  | 'user-info'
  | 'key-generate'
  | 'key-update'
  | 'key-delete'
  | 'key-list'
  | 'key-info';

const ACTIONS: ReadonlyMap<string, SelfServiceAction> = new Map([
  ['POST /user/new', 'user-new'],
  ['GET /user/info', 'user-info'],
  ['POST /key/generate', 'key-generate'],
  ['POST /key/update', 'key-update'],
  ['POST /key/delete', 'key-delete'],
  ['GET /key/list', 'key-list'],
  ['GET /key/info', 'key-info'],
]);

/** The action of a management route; undefined: only an administrator may use it. */
export function selfServiceAction(method: string, path: string): SelfServiceAction | undefined {
  return ACTIONS.get(`${method} ${path}`);
}

/** What was asked for, parsed. A request without a body has none of its fields. */
export interface SelfServiceRequest {
  readonly action: SelfServiceAction;
  readonly body: Readonly<Record<string, unknown>>;
  readonly query: URLSearchParams;
}

/** What LiteLLM is asked for instead: made of what was checked, nothing of the caller's bytes goes on. */
export interface SelfServiceForward {
  readonly method: 'GET' | 'POST';
  /** Path and query. */
  readonly target: string;
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Turns what somebody asks for into what LiteLLM is asked: for the caller's own identity, within the caller's own
 * limits and the administrator's, with fields of an allow-list. Throws `invalid-request` that names the field,
 * `model-not-allowed`, or `not-permitted` for what only an administrator may do.
 */
export function decideSelfService(
  request: SelfServiceRequest,
  caller: SelfServiceCaller,
  own: OwnState,
  policy: SelfServicePolicy,
): SelfServiceForward {
  const situation: Situation = { caller, own, policy };
  const { action, body, query } = request;
  const isRead = action === 'key-list' || action === 'key-info' || action === 'user-info';
  if (isRead) checkAllowed(Object.keys(body), []);
  else checkAllowed([...query.keys()], []);
  switch (action) {
    case 'user-new':
      return newUser(body, situation);
    case 'key-generate':
      return { method: 'POST', target: '/key/generate', body: newKeyFields(body, situation) };
    case 'key-update':
      return updateKey(body, situation);
    case 'key-delete':
      return deleteKeys(body, situation);
    case 'key-list':
      return listKeys(query, situation);
    case 'key-info':
      return keyInfo(query, situation);
    case 'user-info':
      checkQuery(query, ['user_id'], caller);
      return { method: 'GET', target: `/user/info?${ownUser(caller)}`, body: undefined };
  }
}

function updateKey(body: Readonly<Record<string, unknown>>, situation: Situation): SelfServiceForward {
  const { own } = situation;
  const { key, key_alias: alias } = body;
  const named = key === undefined ? keyOfAlias('key_alias', alias, own) : ownKey('key', key, own);
  return { method: 'POST', target: '/key/update', body: changedKeyFields(body, situation, named) };
}

function deleteKeys(body: Readonly<Record<string, unknown>>, { own }: Situation): SelfServiceForward {
  checkAllowed(Object.keys(body), ['keys', 'key_aliases']);
  const names = Object.keys(body);
  const [name] = names;
  const listed = name === undefined ? undefined : body[name];
  if (name === undefined || names.length > 1 || !Array.isArray(listed) || listed.length === 0 || listed.length > 100) {
    throw badField(name ?? 'keys', 'has to be a list of 1 to 100 keys: give either keys or key_aliases');
  }
  for (const each of listed) {
    if (name === 'keys') ownKey(name, each, own);
    else keyOfAlias(name, each, own);
  }
  return { method: 'POST', target: '/key/delete', body: { [name]: listed } };
}

function listKeys(query: URLSearchParams, { caller }: Situation): SelfServiceForward {
  const allowed = ['user_id', 'page', 'size', 'return_full_object', 'key_alias', 'sort_by', 'sort_order'];
  checkQuery(query, allowed, caller);
  const asked = new URLSearchParams(query);
  asked.set('user_id', caller.userId);
  return { method: 'GET', target: `/key/list?${asked}`, body: undefined };
}

function keyInfo(query: URLSearchParams, { caller, own }: Situation): SelfServiceForward {
  checkQuery(query, ['key'], caller);
  const key = query.get('key');
  if (key === null) throw badField('key', 'is missing: a login is no key, so name one of yours');
  const { keyHash } = ownKey('key', key, own);
  return { method: 'GET', target: `/key/info?key=${keyHash}`, body: undefined };
}

/** The caller exists already: whoever logs in does. What is made is the key that LiteLLM gives a new user. */
function newUser(body: Readonly<Record<string, unknown>>, situation: Situation): SelfServiceForward {
  checkAllowed(Object.keys(body), ['user_id', 'user_email', 'user_role', 'auto_create_key', 'key_alias', 'duration']);
  const { caller } = situation;
  const { user_email: email, user_role: role, auto_create_key: withKey, ...rest } = body;
  if (email !== undefined && email !== caller.email && email !== caller.userId) {
    throw badField('user_email', 'can only be your own: the login says who you are');
  }
  if (role !== undefined && role !== 'internal_user') {
    throw badField('user_role', "can only be 'internal_user': the login says what you may do");
  }
  if (withKey !== undefined && typeof withKey !== 'boolean')
    throw badField('auto_create_key', 'has to be true or false');
  checkUser(body['user_id'], caller);
  if (withKey === false) return { method: 'GET', target: `/user/info?${ownUser(caller)}`, body: undefined };
  return { method: 'POST', target: '/key/generate', body: newKeyFields(rest, situation) };
}

/** By the key itself or by its hash, whichever LiteLLM would take it for. */
function ownKey(name: string, value: unknown, own: OwnState): OwnKey {
  if (typeof value !== 'string') throw badField(name, 'has to be a key, or the hash of one, as text');
  const keyHash = value.startsWith('sk-') ? hash('sha256', value, 'hex') : value;
  return visible(
    name,
    own.keys.find((each) => each.keyHash === keyHash),
  );
}

function keyOfAlias(name: string, value: unknown, own: OwnState): OwnKey {
  if (typeof value !== 'string') throw badField(name, 'has to be the alias of a key, as text');
  return visible(
    name,
    own.keys.find(({ keyAlias }) => keyAlias === value),
  );
}

/** The same answer for a key of somebody else's, for the gateway's own, and for one that is not there. */
function visible(param: string, found: OwnKey | undefined): OwnKey {
  if (found !== undefined && !found.isInternal) return found;
  throw new GatewayError(
    'not-permitted',
    'There is no such key of yours, and you have no permission for the keys of others. Ask an administrator.',
    { param },
  );
}

function checkQuery(query: URLSearchParams, allowed: readonly string[], caller: SelfServiceCaller): void {
  const names = [...query.keys()];
  checkAllowed(names, allowed);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw badField(twice, 'stands there twice');
  if (query.has('user_id')) checkUser(query.get('user_id'), caller);
}

function ownUser({ userId }: SelfServiceCaller): string {
  return `user_id=${encodeURIComponent(userId)}`;
}
