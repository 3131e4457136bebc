import { nanoUsd } from '@genai-gateway/core';
import { claimText, claimValues, isUsableId } from './claim-values.ts';
import { type Claims, refused } from './compact-token.ts';
import { isLitellmOwn } from './litellm-own.ts';
import type { Login, LoginDefaults } from './login.ts';
import type { OidcIssuer } from './oidc-issuer.ts';
import { serviceClient } from './service-client.ts';

const SERVICE = 'service:';

/**
 * Whom the claims of a verified token speak for. User ids of two issuers never meet: each but one has a prefix, and
 * ids that begin with another's prefix, or with the word that is kept for services, are refused. Throws
 * `invalid-credential` when there is no usable user id.
 */
export function loginOf(claims: Claims, issuer: OidcIssuer, prefixes: readonly string[]): Login {
  const client = serviceClient(claims);
  const subject = claimText(claims, 'sub');
  const expiresAt = claims['exp'];
  if (subject === undefined || typeof expiresAt !== 'number') throw refused('names no usable subject (sub)');
  return {
    issuerName: issuer.name,
    issuer: issuer.issuer,
    subject,
    userId: userIdOf(claims, client, issuer, prefixes),
    email: client === undefined ? emailOf(claims, issuer) : undefined,
    teamId: teamOf(claims, issuer),
    role: roleOf(claims, issuer),
    models: modelsOf(claims, issuer),
    kind: client === undefined ? 'person' : 'service',
    expiresAtMs: expiresAt * 1_000,
    defaults: defaultsOf(issuer),
  };
}

function userIdOf(claims: Claims, client: string | undefined, issuer: OidcIssuer, prefixes: readonly string[]): string {
  const name = issuer.claims.userId;
  const own = client ?? (name === 'email' && isUnverified(claims) ? undefined : claimText(claims, name));
  const prefix = issuer.userIdPrefix === undefined ? '' : `${issuer.userIdPrefix}:`;
  const userId = `${prefix}${client === undefined ? '' : SERVICE}${own}`;
  const shown = typeof name === 'string' ? name : name.join('.');
  if (own === undefined || !isUsableId(own) || !isUsableId(userId)) {
    throw refused(`has no usable user id: the claim '${shown}' is missing, too long or not printable`);
  }
  const reserved = [SERVICE, ...(prefix === '' ? prefixes.map((each) => `${each}:`) : [])];
  if (client === undefined && reserved.some((each) => own.startsWith(each))) {
    throw refused(`has a user id that begins with a word kept for others: map another claim than '${shown}'`);
  }
  if (isLitellmOwn(userId)) throw refused(`has a user id that is LiteLLM's own: map another claim than '${shown}'`);
  return userId;
}

function emailOf(claims: Claims, { claims: { email } }: OidcIssuer): string | undefined {
  return email === 'email' && isUnverified(claims) ? undefined : claimText(claims, email);
}

/** The issuer says that nobody proved to own the address. Cognito writes the flag as text. */
function isUnverified(claims: Claims): boolean {
  return claims['email_verified'] === false || claims['email_verified'] === 'false';
}

function teamOf(claims: Claims, { claims: { team } }: OidcIssuer): string | undefined {
  if (team === undefined) return undefined;
  const values = claimValues(claims, team.claim);
  if (team.teams === undefined) return values.find((each) => !isLitellmOwn(each));
  const teams = new Map(Object.entries(team.teams));
  return values.map((each) => teams.get(each)).find((each) => each !== undefined);
}

function roleOf(claims: Claims, { claims: { role } }: OidcIssuer): 'admin' | 'user' {
  if (role === undefined) return 'user';
  return claimValues(claims, role.claim).some((each) => role.admin.includes(each)) ? 'admin' : 'user';
}

function modelsOf(claims: Claims, { claims: { models } }: OidcIssuer): readonly string[] | undefined {
  if (models === undefined) return undefined;
  const values = claimValues(claims, models.claim);
  if (models.groups === undefined) return values;
  const groups = new Map(Object.entries(models.groups));
  return [...new Set(values.flatMap((each) => groups.get(each) ?? []))];
}

function defaultsOf({ defaults = {} }: OidcIssuer): LoginDefaults {
  return {
    maxBudgetNanoUsd: defaults.maxBudgetUsd === undefined ? undefined : nanoUsd(defaults.maxBudgetUsd),
    budgetDuration: defaults.budgetDuration,
    requestsPerMinute: defaults.requestsPerMinute,
    tokensPerMinute: defaults.tokensPerMinute,
    maxParallelRequests: defaults.maxParallelRequests,
  };
}
