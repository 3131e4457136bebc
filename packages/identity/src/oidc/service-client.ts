import type { Claims } from './compact-token.ts';

/**
 * The client id of a program that got the token with credentials of its own; undefined: a person is behind the token.
 * Each rule asks for what no person's token can have. As these vendors document their tokens (as of 2026-11-23):
 * Entra https://learn.microsoft.com/en-us/entra/identity-platform/access-token-claims-reference ,
 * Okta https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/ , Cognito
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html ,
 * Keycloak https://www.keycloak.org/docs/latest/server_admin/#_service_accounts , Auth0
 * https://auth0.com/docs/secure/tokens/access-tokens , and RFC 9068, section 2.2 (`sub` is the client).
 */
export function serviceClient(claims: Claims): string | undefined {
  const text = (name: string): string | undefined => {
    const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const subject = text('sub');
  if (subject === undefined) return undefined;

  const entraApplication = text('appid') ?? text('azp');
  const isEntraApplication = text('oid') === subject && claims['scp'] === undefined && text('tid') !== undefined;
  if (isEntraApplication && (text('idtyp') ?? 'app') === 'app') return entraApplication;

  // People choose their user names, so the name alone says nothing; `client_id` comes with a service account only.
  const keycloakClient = text('client_id') ?? text('clientId');
  const accountName = text('preferred_username');
  if (keycloakClient !== undefined && accountName === `service-account-${keycloakClient.toLowerCase()}`) {
    return keycloakClient;
  }

  const auth0Client = text('azp');
  if (text('gty') === 'client-credentials' && subject === `${auth0Client}@clients`) return auth0Client;

  if (text('cid') === subject && text('uid') === undefined) return subject;
  return text('client_id') === subject && text('username') === undefined ? subject : undefined;
}
