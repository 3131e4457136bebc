import type { RateLimit } from '@genai-gateway/core';
import { noTags, type Principal, type VirtualKey } from '@genai-gateway/identity';
import type { Catalogue } from '@genai-gateway/routing';
import type { Call, Named } from './call.ts';
import type { Services } from './services.ts';

type Body = Readonly<Record<string, unknown>>;

/** The headers by which LiteLLM takes an end user without being configured to. */
const END_USER_HEADERS = ['x-litellm-customer-id', 'x-litellm-end-user-id'];
/** Longer ones are nobody's name. */
const MAX_NAME_LENGTH = 1024;
const none: readonly never[] = [];

/**
 * What has been set for what a call itself names: its end user, its tags. `body` is that of a request in OpenAI's API;
 * Bedrock's names them by headers only. A call that names nothing that is limited, which is nearly every call, costs a
 * few look-ups and no promise. Rejects with `identity-unavailable` when the limits cannot be read.
 * Source: LiteLLM 1.106.2, proxy/auth/auth_utils.py (get_end_user_id_from_request_body),
 * proxy/litellm_pre_call_utils.py (tags), litellm_core_utils/litellm_logging.py (_get_user_agent_tags, _get_extra_header_tags),
 * https://github.com/BerriAI/litellm (read 2026-11-23).
 */
export function namedSettings(
  call: Call,
  services: Services,
  principal: Principal,
  body: Body,
): Named | Promise<Named> {
  const catalogue = services.catalogue();
  const key = principal.kind === 'virtual-key' ? principal.key : undefined;
  const tags = tagsOf(call, body);
  const endUserId = endUserOf(call, catalogue, body);
  if (tags.length > 0 || endUserId !== undefined) return settingsOf(call, services, key, tags, endUserId);
  const known = knownFor(catalogue, key);
  const client = clientOf(call, catalogue);
  const found = known.get(client);
  if (found !== undefined) return found;
  const made = settingsOf(call, services, key, tags, endUserId);
  if (made instanceof Promise || client.length > MAX_CLIENT_LENGTH) return made;
  if (known.size >= MAX_KNOWN_CLIENTS) known.clear();
  known.set(client, made);
  return made;
}

/** Of calls that name nothing themselves, by their client, as long as key and catalogue are the same. */
const knownNamed = new WeakMap<Catalogue, WeakMap<VirtualKey | Catalogue, Map<string, Named>>>();
/** Callers choose it. */
const MAX_KNOWN_CLIENTS = 1_000;
const MAX_CLIENT_LENGTH = 256;

/** All that a call is booked on which it does not name as a tag: no header holds a line break. */
function clientOf(call: Call, { bookedHeaders }: Catalogue): string {
  const agent = call.header('user-agent') ?? '';
  if (bookedHeaders.length === 0) return agent;
  return [agent, ...bookedHeaders.map((name) => call.header(name) ?? '')].join('\n');
}

function knownFor(catalogue: Catalogue, key: VirtualKey | undefined): Map<string, Named> {
  let byKey = knownNamed.get(catalogue);
  if (byKey === undefined) {
    byKey = new WeakMap();
    knownNamed.set(catalogue, byKey);
  }
  const holder = key ?? catalogue;
  let byClient = byKey.get(holder);
  if (byClient === undefined) {
    byClient = new Map();
    byKey.set(holder, byClient);
  }
  return byClient;
}

function settingsOf(
  call: Call,
  services: Services,
  key: VirtualKey | undefined,
  named: readonly string[],
  endUserId: string | undefined,
): Named | Promise<Named> {
  const catalogue = services.catalogue();
  const { own, inherited, requestsPerMinute } = key?.tags ?? noTags;
  // LiteLLM checks the budgets of these; the limits of the key's other tags hold too.
  const checked = new Set([...named, ...own]);
  const limited = new Set([...checked, ...inherited]);
  const ofKey = [...limited].flatMap((tag) => tagOfKey(key?.keyHash, tag, requestsPerMinute));
  const clients = [...(catalogue.booksClients ? clientTags(call) : none), ...headerTags(call, catalogue)];
  const base = { endUserId, tags: [...new Set([...limited, ...clients])] };
  const budgeted = [...limited].filter((tag) => catalogue.budgetedTags.has(tag));
  if (endUserId === undefined && budgeted.length === 0) {
    return { ...base, settings: [], allowance: { limits: ofKey, budgets: [] } };
  }
  return withLimits(base, ofKey);

  async function withLimits(named: Pick<Named, 'endUserId' | 'tags'>, limits: readonly RateLimit[]): Promise<Named> {
    const defaultBudgets = [key?.endUserBudgetId, catalogue.endUserBudgetId].filter((id) => id !== undefined);
    const [endUser, ...tags] = await Promise.all([
      named.endUserId === undefined ? undefined : services.endUsers.limitsOf(named.endUserId, defaultBudgets),
      ...budgeted.map(async (tag) => {
        const { limits, budgets } = await services.tags.allowanceOf(tag);
        return { limits, budgets: checked.has(tag) ? budgets : [] };
      }),
    ]);
    const allowances = [...(endUser === undefined ? [] : [endUser.allowance]), ...tags];
    return {
      ...named,
      settings: endUser?.settings ?? [],
      allowance: {
        limits: [...limits, ...allowances.flatMap((each) => each.limits)],
        budgets: allowances.flatMap((each) => each.budgets),
      },
    };
  }
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

/** Calls per minute that a key may make with a tag. */
function tagOfKey(
  keyHash: string | undefined,
  tag: string,
  requestsPerMinute: Readonly<Record<string, number>>,
): RateLimit[] {
  if (!Object.hasOwn(requestsPerMinute, tag)) return [];
  return [
    {
      scope: 'tag',
      counter: `tag_per_key:${keyHash}:${tag}`,
      model: undefined,
      requestsPerMinute: requestsPerMinute[tag],
      tokensPerMinute: undefined,
      maxParallelRequests: undefined,
    },
  ];
}

/** The tags that the call itself names. */
function tagsOf(call: Call, body: Body): readonly string[] {
  const header = call.header('x-litellm-tags') ?? '';
  const { tags: own, metadata, litellm_metadata: more } = body;
  if (header === '' && own === undefined && metadata === undefined && more === undefined) return none;
  return [
    ...header.split(',').map((tag) => tag.trim()),
    ...[body, objectIn(metadata), objectIn(more)].flatMap(({ tags }) =>
      Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [],
    ),
  ].filter((tag) => tag !== '' && tag.length <= MAX_NAME_LENGTH);
}

/** LiteLLM books each call on its client too, without the version and with it; it checks no budget of theirs. */
function clientTags(call: Call): readonly string[] {
  const agent = call.header('user-agent');
  if (agent === undefined || agent === '') return [];
  const product = agent.split('/')[0];
  return product === agent ? [`User-Agent: ${agent}`] : [`User-Agent: ${product}`, `User-Agent: ${agent}`];
}

/** A credential is no tag, whatever an administrator says. */
function headerTags(call: Call, { bookedHeaders }: Catalogue): readonly string[] {
  if (bookedHeaders.length === 0) return [];
  const headers = call.forwardableHeaders();
  return bookedHeaders.flatMap((name) => {
    const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
    return value === undefined || value === '' ? [] : [`${name}: ${value}`];
  });
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
