import { createHash } from 'node:crypto';

/** The tokens that the simulated issuer can write, each with the claims its vendor documents. */
export const tokenShapes = [
  'plain',
  'okta-access',
  'okta-id',
  'okta-service',
  'entra-v1',
  'entra-v1-service',
  'entra-v2',
  'entra-v2-service',
  'cognito-access',
  'cognito-id',
  'cognito-service',
  'keycloak-access',
  'keycloak-id',
  'keycloak-refresh',
  'keycloak-service',
  'auth0-service',
] as const;

export type TokenShape = (typeof tokenShapes)[number];

/** What a token is about, in no vendor's words. */
export interface TokenSubject {
  readonly issuer: string;
  readonly nowSeconds: number;
  /** The person's user name, which is an address in most directories; no matter for services. */
  readonly username: string;
  readonly clientId: string;
  readonly audience: string;
  /** Different in each token. */
  readonly tokenId: string;
}

export interface TokenContent {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

const LIFETIME_SECONDS = 3_600;
const TENANT = '72f988bf-86f1-41af-91ab-2d7cd011db47';

/**
 * A token as the vendor would write it, but for issuer and key. Sources (as of 2026-11-23): Okta
 * https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/ , Entra
 * https://learn.microsoft.com/en-us/entra/identity-platform/access-token-claims-reference , Cognito
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html ,
 * Keycloak https://www.keycloak.org/docs/latest/server_admin/ , Auth0 https://auth0.com/docs/secure/tokens/access-tokens .
 */
export function contentOf(shape: TokenShape, subject: TokenSubject): TokenContent {
  const { issuer, nowSeconds, username, clientId, audience, tokenId } = subject;
  const userId = uuidOf(`user ${username}`);
  const clientUserId = uuidOf(`client ${clientId}`);
  const common = { iss: issuer, iat: nowSeconds, exp: nowSeconds + LIFETIME_SECONDS };
  const plainHeader = { typ: 'JWT' };
  switch (shape) {
    case 'plain':
      return { header: plainHeader, claims: { ...common, sub: username, aud: audience } };

    case 'okta-access':
      return {
        header: {},
        claims: {
          ...{ ...common, ver: 1, jti: `AT.${tokenId}`, aud: audience, cid: clientId, uid: `00u${userId.slice(0, 8)}` },
          ...{ scp: ['openid', 'email'], auth_time: nowSeconds, sub: username },
        },
      };
    case 'okta-id':
      return {
        header: {},
        claims: {
          ...{ ...common, sub: `00u${userId.slice(0, 8)}`, ver: 1, jti: `ID.${tokenId}`, aud: clientId, amr: ['pwd'] },
          ...{
            idp: '00o1',
            nonce: tokenId,
            auth_time: nowSeconds,
            at_hash: 'x',
            email: username,
            email_verified: true,
          },
          preferred_username: username,
        },
      };
    case 'okta-service':
      return {
        header: {},
        claims: { ...common, ver: 1, jti: `AT.${tokenId}`, aud: audience, cid: clientId, scp: ['api'], sub: clientId },
      };

    case 'entra-v1':
      return {
        header: { ...plainHeader, x5t: 'thumbprint' },
        claims: {
          ...{ ...common, nbf: nowSeconds, aud: audience, acr: '1', aio: 'A', amr: ['pwd'], appid: clientId },
          ...{ appidacr: '0', oid: userId, tid: TENANT, scp: 'access_as_user', sub: pairwise(username, clientId) },
          ...{ unique_name: username, upn: username, name: 'A person', uti: tokenId, ver: '1.0' },
        },
      };
    case 'entra-v1-service':
      return {
        header: { ...plainHeader, x5t: 'thumbprint' },
        claims: {
          ...{ ...common, nbf: nowSeconds, aud: audience, aio: 'A', appid: clientId, appidacr: '1', oid: clientUserId },
          ...{ roles: ['Gateway.Use'], sub: clientUserId, tid: TENANT, uti: tokenId, ver: '1.0' },
        },
      };
    case 'entra-v2':
      return {
        header: plainHeader,
        claims: {
          ...{ ...common, nbf: nowSeconds, aud: audience, aio: 'A', azp: clientId, azpacr: '0', oid: userId },
          ...{
            preferred_username: username,
            name: 'A person',
            scp: 'access_as_user',
            sub: pairwise(username, clientId),
          },
          ...{ tid: TENANT, uti: tokenId, ver: '2.0' },
        },
      };
    case 'entra-v2-service':
      return {
        header: plainHeader,
        claims: {
          ...{ ...common, nbf: nowSeconds, aud: audience, aio: 'A', azp: clientId, azpacr: '1', idtyp: 'app' },
          ...{ oid: clientUserId, roles: ['Gateway.Use'], sub: clientUserId, tid: TENANT, uti: tokenId, ver: '2.0' },
        },
      };

    case 'cognito-access':
      return {
        header: {},
        claims: {
          ...{ ...common, sub: userId, client_id: clientId, token_use: 'access', scope: 'openid email', jti: tokenId },
          ...{ auth_time: nowSeconds, username, version: 2, 'cognito:groups': ['people'] },
        },
      };
    case 'cognito-id':
      return {
        header: {},
        claims: {
          ...{ ...common, sub: userId, aud: clientId, token_use: 'id', auth_time: nowSeconds, jti: tokenId },
          ...{ 'cognito:username': username, 'cognito:groups': ['people'], email: username, email_verified: true },
        },
      };
    case 'cognito-service':
      return {
        header: {},
        claims: {
          ...{ ...common, sub: clientId, client_id: clientId, token_use: 'access', scope: 'gateway/use' },
          ...{ auth_time: nowSeconds, version: 2, jti: tokenId },
        },
      };

    case 'keycloak-access':
      return {
        header: plainHeader,
        claims: {
          ...{ ...common, jti: tokenId, aud: [audience, 'account'], sub: userId, typ: 'Bearer', azp: clientId },
          ...{ sid: uuidOf(tokenId), acr: '1', realm_access: { roles: ['people'] }, scope: 'openid email profile' },
          ...{ email_verified: true, preferred_username: username, email: username },
        },
      };
    case 'keycloak-id':
      return {
        header: plainHeader,
        claims: {
          ...{ ...common, jti: tokenId, aud: clientId, sub: userId, typ: 'ID', azp: clientId, at_hash: 'x' },
          ...{ email_verified: true, preferred_username: username, email: username },
        },
      };
    case 'keycloak-refresh':
      return {
        header: plainHeader,
        claims: { ...common, jti: tokenId, aud: audience, sub: userId, typ: 'Refresh', azp: clientId, scope: 'openid' },
      };
    case 'keycloak-service':
      return {
        header: plainHeader,
        claims: {
          ...{ ...common, jti: tokenId, aud: audience, sub: clientUserId, typ: 'Bearer', azp: clientId, acr: '1' },
          ...{ realm_access: { roles: ['programs'] }, scope: 'email profile', email_verified: false },
          ...{ clientHost: '127.0.0.1', clientAddress: '127.0.0.1', client_id: clientId },
          preferred_username: `service-account-${clientId.toLowerCase()}`,
        },
      };

    case 'auth0-service':
      return {
        header: plainHeader,
        claims: {
          ...{ ...common, sub: `${clientId}@clients`, aud: audience, azp: clientId, gty: 'client-credentials' },
          scope: 'use',
        },
      };
  }
}

/** The same id for the same name, so that a person is the same one in each token. */
function uuidOf(text: string): string {
  return createHash('sha256')
    .update(text)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}

/** Entra's `sub` of a person is another one for each client. */
function pairwise(username: string, clientId: string): string {
  return createHash('sha256').update(`${username} ${clientId}`).digest('base64url');
}
