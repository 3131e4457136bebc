import type { AdminSetting } from '@genai-gateway/core';
import type { Catalogue } from '@genai-gateway/routing';
import type { Call } from './call.ts';
import type { Services } from './services.ts';

type Body = Readonly<Record<string, unknown>>;

const NONE: readonly AdminSetting[] = [];
/** The headers by which LiteLLM takes an end user without being configured to. */
const END_USER_HEADERS = ['x-litellm-customer-id', 'x-litellm-end-user-id'];
/** Longer ones are nobody's name. */
const MAX_NAME_LENGTH = 1024;

/**
 * What an administrator has set for what a call itself names: its end user, its tags. `body` is that of a
 * request in OpenAI's API; Bedrock's names them by headers only. A call that names none, which is nearly
 * every call, costs a few look-ups.
 * Source: LiteLLM 1.106.2, proxy/auth/auth_utils.py (get_end_user_id_from_request_body),
 * proxy/litellm_pre_call_utils.py (tags), https://github.com/BerriAI/litellm (read 2026-11-23).
 */
export function namedSettings(
  call: Call,
  services: Services,
  body: Body,
): readonly AdminSetting[] | Promise<readonly AdminSetting[]> {
  const catalogue = services.catalogue();
  const ofTags = catalogue.budgetedTags.size === 0 ? NONE : tagSettings(call, catalogue, body);
  const endUser = endUserOf(call, catalogue, body);
  if (endUser === undefined) return ofTags;
  const found = services.endUsers.settingsOf(endUser);
  return found instanceof Promise ? found.then((settings) => [...settings, ...ofTags]) : [...found, ...ofTags];
}

function endUserOf(call: Call, catalogue: Catalogue, body: Body): string | undefined {
  for (const name of END_USER_HEADERS) {
    const value = nameIn(call.header(name));
    if (value !== undefined) return value;
  }
  for (const name of catalogue.endUserHeaders) {
    const value = nameIn(call.header(name));
    if (value !== undefined) return value;
  }
  return (
    nameIn(body['user']) ??
    nameIn(objectIn(body['litellm_metadata'])['user']) ??
    nameIn(objectIn(body['metadata'])['user_id']) ??
    nameIn(body['safety_identifier'])
  );
}

function tagSettings(call: Call, { budgetedTags }: Catalogue, body: Body): readonly AdminSetting[] {
  const agent = call.header('user-agent') ?? '';
  const tags = [
    ...(call.header('x-litellm-tags') ?? '').split(',').map((tag) => tag.trim()),
    ...[body, objectIn(body['metadata']), objectIn(body['litellm_metadata'])].flatMap(({ tags }) =>
      Array.isArray(tags) ? tags.map(String) : [],
    ),
    // LiteLLM tags each call by its client, with the version and without.
    `User-Agent: ${agent}`,
    `User-Agent: ${agent.split('/')[0]}`,
  ];
  return tags
    .filter((tag) => budgetedTags.has(tag))
    .map((tag): AdminSetting => ({ scope: 'tag', kind: 'budget', name: tag }));
}

/** LiteLLM takes numbers for names too. */
function nameIn(value: unknown): string | undefined {
  const name = typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
  return name === '' || name.length > MAX_NAME_LENGTH ? undefined : name;
}

/** An object, or the JSON text of one. */
function objectIn(value: unknown): Body {
  let found = value;
  if (typeof value === 'string' && value.startsWith('{')) {
    try {
      found = JSON.parse(value);
    } catch {
      return {};
    }
  }
  return found !== null && typeof found === 'object' ? (found as Body) : {};
}
