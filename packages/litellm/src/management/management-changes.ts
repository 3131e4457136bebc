import { hash } from 'node:crypto';
import { asObject } from '../values.ts';

/** What may have changed for keys. */
export type ManagementChange =
  /** These keys alone, by hash. */
  | { readonly keys: readonly string[] }
  /** Any key: whose, the call does not say. */
  | { readonly keys: 'any' };

/** Routes of LiteLLM's management below which a call that is no read changes what keys may do. */
const CHANGING = [
  ...['access_group', 'budget', 'customer', 'end_user', 'invitation', 'key', 'management', 'model', 'model_group'],
  ...['onboarding', 'organization', 'project', 'scim', 'sso', 'tag', 'team', 'user', 'jwt'],
];
const CHANGING_ROUTE = new RegExp(`^(?:/v\\d)?/(?:${CHANGING.join('|')})(?:/|$)`);

/** Reads that LiteLLM has as POST; telling of them would do no harm but cost. */
const READS = new Set(['/key/health', '/v2/key/info', '/customer/info', '/project/info', '/team/info', '/user/info']);

/** What is new changes nothing for a key that was there. */
const CREATES =
  /^\/(?:budget|customer|end_user|key|model|organization|project|tag|team|user)\/(?:new|generate|service-account\/generate)$/;

/** Key routes whose body names every key that they change. */
const BY_KEY = /^\/key\/(?:update|delete|block|unblock|[^/]+\/regenerate|regenerate|[^/]+\/reset_spend)$/;

/**
 * Whether a management call changes what keys may do, once it succeeds. `path` is without its query. What is not known
 * counts as a change below these routes: a needless telling costs each key one look-up.
 * Source: LiteLLM 1.106.2, the routes of its FastAPI application (read 2026-11-23).
 */
export function changesKeys(method: string, path: string): boolean {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return false;
  return CHANGING_ROUTE.test(path) && !READS.has(path) && !CREATES.test(path);
}

/** What such a call changes, by its path and its body as far as that was seen. */
export function changeOf(path: string, body: string | undefined): ManagementChange {
  if (!BY_KEY.test(path) || body === undefined) return { keys: 'any' };
  const fields = parsed(body);
  if (fields === undefined || fields['key_alias'] !== undefined || fields['key_aliases'] !== undefined) {
    return { keys: 'any' };
  }
  const inPath = /^\/key\/([^/]+)\/(?:regenerate|reset_spend)$/.exec(path)?.[1];
  const listed = Array.isArray(fields['keys']) ? fields['keys'] : [];
  const named = [inPath, fields['key'], ...listed].flatMap((each) => (typeof each === 'string' ? [hashOf(each)] : []));
  const areHashes = named.length > 0 && named.every((each) => /^[0-9a-f]{64}$/.test(each));
  return areHashes ? { keys: [...new Set(named)] } : { keys: 'any' };
}

/** LiteLLM takes a key or its hash. */
function hashOf(key: string): string {
  return key.startsWith('sk-') ? hash('sha256', key, 'hex') : key;
}

function parsed(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return asObject(JSON.parse(body));
  } catch {
    return undefined;
  }
}
