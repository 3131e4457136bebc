import { type Clock, GatewayError, isGatewayError, type NanoUsd, usd } from '@genai-gateway/core';
import { isLitellmOwn } from '@genai-gateway/identity';
import { asObject } from '../values.ts';
import { isInternalKey, type KeyRow, principalMark } from './internal-key.ts';
import { type ManagementAnswer, type ManagementApi, refusalText } from './management-api.ts';
import { type DerivedKey, KeyDerivation, type KeyIdentity } from './principal-secret.ts';

/** What a login brings along when it is first seen. */
export interface PrincipalLogin extends KeyIdentity {
  readonly email: string | undefined;
  readonly kind: 'person' | 'service';
  /** For a user that LiteLLM does not have yet; an administrator changes them there. */
  readonly defaults: {
    readonly maxBudgetNanoUsd: NanoUsd | undefined;
    readonly budgetDuration: string | undefined;
    readonly requestsPerMinute: number | undefined;
    readonly tokensPerMinute: number | undefined;
    readonly maxParallelRequests: number | undefined;
  };
}

export interface PrincipalKeysOptions {
  readonly api: ManagementApi;
  /** What the keys are derived from; long and random. */
  readonly secret: string;
  /** What becomes of a login for a team that LiteLLM does not have. */
  readonly missingTeam: 'refuse' | 'create';
  readonly now: Clock;
}

/** Replicas that make the same user or key at the same moment can trip over each other. */
const ATTEMPTS = 3;
const RETRY_MS = 100;
/** Who was refused is refused again for so long without LiteLLM being asked: each try costs it several calls. */
const REFUSED_MS = 5_000;
const MAX_REFUSED = 1_000;

/**
 * The internal LiteLLM key of each login: bound to the login's user and team, so that both planes take a call of the
 * login for that user's. Keys are derived, not stored (docs/decisions): asking for one costs no call, and making one
 * twice, on several replicas at once, gives one.
 * Source of LiteLLM's answers: LiteLLM 1.106.2, proxy/management_endpoints, and runs of it (read 2026-11-23).
 */
export class PrincipalKeyring {
  readonly #api: ManagementApi;
  readonly #derivation: KeyDerivation;
  readonly #missingTeam: 'refuse' | 'create';
  readonly #now: Clock;
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #refused = new Map<string, { readonly error: GatewayError; readonly untilMs: number }>();
  /** By login, which is the same object for as long as its token is used. */
  readonly #derived = new WeakMap<KeyIdentity, DerivedKey>();

  constructor(options: PrincipalKeysOptions) {
    this.#api = options.api;
    this.#derivation = new KeyDerivation(options.secret);
    this.#missingTeam = options.missingTeam;
    this.#now = options.now;
  }

  /** The login's key, whether LiteLLM has it yet or not. */
  keyOf(login: KeyIdentity): DerivedKey {
    const known = this.#derived.get(login);
    if (known !== undefined) return known;
    const derived = this.#derivation.keyOf(login);
    this.#derived.set(login, derived);
    return derived;
  }

  /**
   * Makes user, membership and key where LiteLLM does not have them. Who was blocked stays so: a key that was blocked
   * and deleted, or that is not the first of a user with a blocked one, comes back blocked. Rejects with
   * `litellm-unavailable`, `not-permitted` for a team that does not exist or an id that is LiteLLM's own, `internal`
   * when LiteLLM refuses what it should not.
   */
  provision(login: PrincipalLogin, signal: AbortSignal): Promise<void> {
    const { keyHash } = this.keyOf(login);
    const refused = this.#refused.get(keyHash);
    if (refused !== undefined && this.#now() < refused.untilMs) return Promise.reject(refused.error);
    const before = this.#underWay.get(keyHash);
    if (before !== undefined) return before;
    // Not the first caller's signal: others wait for the same, and half of it done helps nobody.
    signal.throwIfAborted();
    const made = this.#provision(login)
      .catch((error: unknown) => this.#remember(keyHash, error))
      .finally(() => this.#underWay.delete(keyHash));
    this.#underWay.set(keyHash, made);
    return made;
  }

  #remember(keyHash: string, error: unknown): never {
    if (isGatewayError(error) && error.fault !== 'upstream') {
      if (this.#refused.size >= MAX_REFUSED) this.#refused.clear();
      this.#refused.set(keyHash, { error, untilMs: this.#now() + REFUSED_MS });
    }
    throw error;
  }

  async #provision(login: PrincipalLogin): Promise<void> {
    if (isLitellmOwn(login.userId)) {
      throw new GatewayError(
        'not-permitted',
        'The user id of this login is one that the gateway needs for itself. Ask your administrator to map another claim.',
      );
    }
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#attempt(login);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        if (attempt === ATTEMPTS) throw unexpected(error.answer);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS * attempt * (1 + Math.random())));
      }
    }
  }

  async #attempt(login: PrincipalLogin): Promise<void> {
    const { keyHash, secret } = this.keyOf(login);
    const found = await this.#keyInfo(keyHash);
    if (found !== undefined && found['status'] !== 'deleted') return checkOwner(found, login);
    const others = await this.#ensureUser(login);
    const isBlocked =
      found?.['blocked'] === true || others.some((row) => isInternalKey(row) && row['blocked'] === true);
    if (login.teamId !== undefined) await this.#ensureMember(login, login.teamId);
    const key = {
      key: secret,
      user_id: login.userId,
      ...(login.teamId === undefined ? {} : { team_id: login.teamId }),
      // An empty list would mean every model.
      ...(login.models === undefined
        ? {}
        : { models: login.models.length === 0 ? ['no-default-models'] : login.models }),
      ...(isBlocked ? { blocked: true } : {}),
      metadata: { [principalMark]: { issuer: login.issuer, kind: login.kind, secret: this.#derivation.secretId } },
    };
    const made = await this.#post('/key/generate', { ...key, key_alias: `gateway-login-${keyHash.slice(0, 16)}` });
    // The alias can be taken, or not be to the administrator's pattern; the key is what matters.
    if (made.status !== 200) await this.#post('/key/generate', key);
    const now = await this.#keyInfo(keyHash);
    if (now === undefined || now['status'] === 'deleted') throw new Refused(made);
    checkOwner(now, login);
  }

  /** Gives the keys that the user has already. */
  async #ensureUser({ userId, email, defaults }: PrincipalLogin): Promise<readonly KeyRow[]> {
    const user = {
      user_id: userId,
      user_role: 'internal_user',
      auto_create_key: false,
      ...present({
        max_budget: budgetOf(defaults),
        budget_duration: defaults.budgetDuration,
        rpm_limit: defaults.requestsPerMinute,
        tpm_limit: defaults.tokensPerMinute,
        max_parallel_requests: defaults.maxParallelRequests,
      }),
    };
    const made = await this.#post('/user/new', { ...user, ...present({ user_email: email }) });
    if (made.status === 200) return [];
    const found = await this.#get(`/user/info?user_id=${encodeURIComponent(userId)}`);
    if (found.status === 200) {
      await this.#updateEmail(userId, email, found);
      const keys = asObject(found.json)?.['keys'];
      return Array.isArray(keys) ? keys.map((each) => asObject(each) ?? {}) : [];
    }
    if (made.status !== 409 || email === undefined) throw new Refused(made);
    // Somebody else has the address in LiteLLM: two people, one address, and the id tells them apart.
    const again = await this.#post('/user/new', user);
    if (again.status !== 200) throw new Refused(again);
    return [];
  }

  /** Best effort: an address is for people to read, and another user may have it. */
  async #updateEmail(userId: string, email: string | undefined, found: ManagementAnswer): Promise<void> {
    const known = asObject(asObject(found.json)?.['user_info'])?.['user_email'];
    if (email === undefined || known === email) return;
    await this.#post('/user/update', { user_id: userId, user_email: email });
  }

  async #ensureMember(login: PrincipalLogin, teamId: string): Promise<void> {
    const added = await this.#addMember(login, teamId);
    if (added.status === 200 || isMemberAlready(added)) return;
    if (added.status !== 404) throw new Refused(added);
    if (this.#missingTeam === 'refuse') {
      throw new GatewayError(
        'not-permitted',
        `This login belongs to the team '${teamId.slice(0, 100)}', which does not exist here, so it has no permission to call models. Ask your administrator to make the team.`,
      );
    }
    await this.#post('/team/new', { team_id: teamId, team_alias: teamId });
    const again = await this.#addMember(login, teamId);
    if (again.status !== 200 && !isMemberAlready(again)) throw new Refused(again);
  }

  #addMember({ userId, defaults }: PrincipalLogin, teamId: string): Promise<ManagementAnswer> {
    return this.#post('/team/member_add', {
      team_id: teamId,
      member: { role: 'user', user_id: userId },
      ...present({ max_budget_in_team: budgetOf(defaults), budget_duration: defaults.budgetDuration }),
    });
  }

  async #keyInfo(keyHash: string): Promise<KeyRow | undefined> {
    const answer = await this.#get(`/key/info?key=${keyHash}`);
    if (answer.status === 404) return undefined;
    const info = asObject(asObject(answer.json)?.['info']);
    if (answer.status !== 200 || info === undefined) throw new Refused(answer);
    return info;
  }

  #get(target: string): Promise<ManagementAnswer> {
    return this.#api.ask({ method: 'GET', target }, NEVER);
  }

  #post(target: string, body: object): Promise<ManagementAnswer> {
    return this.#api.ask({ method: 'POST', target, body }, NEVER);
  }
}

/** The calls end by a time of their own. */
const NEVER = new AbortController().signal;

/** LiteLLM said no; worth another try, because a second replica may have been at the same. */
class Refused extends Error {
  readonly answer: ManagementAnswer;

  constructor(answer: ManagementAnswer) {
    super(refusalText(answer));
    this.answer = answer;
  }
}

function unexpected(answer: ManagementAnswer): GatewayError {
  const cause = new Error(refusalText(answer));
  if (answer.status === 403 && /custom api key/i.test(cause.message)) {
    return new GatewayError(
      'internal',
      "LiteLLM's setting disable_custom_api_keys is on, and logins need keys that the gateway makes. An administrator has to take it off.",
      { cause },
    );
  }
  return new GatewayError('internal', 'LiteLLM refused to make a key for this login. Ask your administrator.', {
    cause,
  });
}

function isMemberAlready(answer: ManagementAnswer): boolean {
  return asObject(asObject(answer.json)?.['error'])?.['type'] === 'team_member_already_in_team';
}

/** A key is taken as it is found only if it is this login's. */
function checkOwner(info: KeyRow, login: KeyIdentity): void {
  const isOwn = info['user_id'] === login.userId && (info['team_id'] ?? undefined) === login.teamId;
  if (isOwn) return;
  throw new GatewayError(
    'key-blocked',
    'An administrator gave the key of this login to somebody else. Ask your administrator.',
  );
}

function budgetOf({ maxBudgetNanoUsd }: PrincipalLogin['defaults']): number | undefined {
  return maxBudgetNanoUsd === undefined ? undefined : usd(maxBudgetNanoUsd);
}

function present(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
