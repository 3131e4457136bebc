import { type TokenShape, tokenShapes } from './shapes.ts';

/** What a token is to hold; a claim that is `undefined` is left out. */
export interface IssueOptions {
  readonly username?: string;
  readonly clientId?: string;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
}

interface TokenAnswer {
  readonly status: number;
  readonly body: object;
}

/**
 * The token endpoint (RFC 6749, sections 4.3 and 4.4), for laptops: any client, with any secret or none, gets a token
 * by `client_credentials`, and whoever gives a `username` gets one by `password`, without a password. `shape` names
 * another shape than `plain`, and every other field of the form becomes a claim.
 */
export async function answerToken(
  form: URLSearchParams,
  authorization: string | undefined,
  issue: (shape: TokenShape, options: IssueOptions) => Promise<string>,
): Promise<TokenAnswer> {
  const grant = form.get('grant_type');
  const clientId = form.get('client_id') ?? clientOf(authorization);
  const username = form.get('username') ?? undefined;
  if (grant !== 'client_credentials' && grant !== 'password') return refusal('unsupported_grant_type');
  if (grant === 'client_credentials' ? clientId === undefined : username === undefined)
    return refusal('invalid_request');
  const named = form.get('shape') ?? (grant === 'password' ? 'plain' : 'okta-service');
  const shape = tokenShapes.find((each) => each === named);
  if (shape === undefined) return refusal('invalid_request');
  const token = await issue(shape, {
    ...(clientId === undefined ? {} : { clientId }),
    ...(username === undefined ? {} : { username }),
    claims: claimsOf(form),
  });
  return { status: 200, body: { access_token: token, token_type: 'Bearer', expires_in: 3_600 } };
}

const OWN_FIELDS = new Set(['grant_type', 'client_id', 'client_secret', 'username', 'password', 'shape', 'scope']);

/** Fields that come more than once become an array. */
function claimsOf(form: URLSearchParams): Record<string, unknown> {
  const names = new Set([...form.keys()].filter((name) => !OWN_FIELDS.has(name)));
  return Object.fromEntries(
    [...names].map((name) => {
      const values = form.getAll(name);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}

function clientOf(authorization: string | undefined): string | undefined {
  const [, encoded] = /^Basic (\S+)$/i.exec(authorization ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const [id] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return id === undefined || id === '' ? undefined : decodeURIComponent(id);
}

function refusal(error: string): TokenAnswer {
  return { status: 400, body: { error } };
}
