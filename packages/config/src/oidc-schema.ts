import * as z from 'zod';

/** Names that stand in ids; `service` does already. */
const shortName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be 1 to 32 small letters, figures and hyphens')
  .refine((text) => text !== 'service', 'must not be "service", which stands before the ids of programs');

const safeUrl = z.string().refine(isSafeUrl, 'must be a URL that starts with https:// (http:// on this machine alone)');
const text = z.string().min(1).max(256);
const CLAIM = 'must be the name of a claim, or two and more that lead to it';
const claim = z.union([text, z.array(text).min(2, CLAIM).max(8)], CLAIM);
const limit = z.int().min(0).optional();

/** One issuer as it is written in `OIDC_ISSUERS`; the README of `packages/identity` shows some. */
export const issuerSchema = z.strictObject({
  name: shortName.describe('A short name of the issuer, for messages and for the ids of its users.'),
  issuer: safeUrl.describe('Exactly the claim iss of its tokens.'),
  audiences: z.array(text).min(1).describe('The audiences (aud) that its tokens may be for; without one any would do.'),
  audienceClaim: z
    .enum(['aud', 'client_id'])
    .default('aud')
    .describe('client_id for access tokens of Cognito, which have no aud.'),
  algorithms: z
    .array(z.enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']))
    .min(1)
    .default(['RS256', 'ES256', 'PS256', 'EdDSA'])
    .describe('The algorithms it may sign with.'),
  leewaySeconds: z.number().min(0).max(60).default(30).describe('How far clocks may be apart.'),
  tokenUse: z.enum(['access', 'id', 'any']).default('access').describe('Which of its tokens are taken.'),
  jwksUri: safeUrl.optional().describe('Where its keys are published; unset: where its discovery document says.'),
  jwksFile: text.optional().describe('A file with its keys, where there is no way to it.'),
  jwks: z
    .looseObject({ keys: z.array(z.looseObject({})) })
    .optional()
    .describe('Its keys themselves, a JSON Web Key Set.'),
  userIdPrefix: z
    .union([z.literal(''), shortName], 'must be empty or 1 to 32 small letters, figures and hyphens')
    .optional()
    .describe('Stands before the ids of its users, with a colon; unset: its name. One issuer may have an empty one.'),
  claims: z
    .strictObject({
      userId: claim.default('sub'),
      email: claim.default('email'),
      team: z.strictObject({ claim, teams: z.record(text, text).optional() }).optional(),
      role: z.strictObject({ claim, admin: z.array(text).min(1) }).optional(),
      models: z.strictObject({ claim, groups: z.record(text, z.array(text)).optional() }).optional(),
    })
    .prefault({})
    .describe('Which claims say who it is: userId, email, team, role, models.'),
  defaults: z
    .strictObject({
      maxBudgetUsd: z.number().min(0).max(1_000_000).optional(),
      budgetDuration: z
        .string()
        .regex(/^[1-9]\d{0,4}(?:s|m|h|d|w|mo)$/, 'must be a number and one of s, m, h, d, w, mo')
        .optional(),
      requestsPerMinute: limit,
      tokensPerMinute: limit,
      maxParallelRequests: limit,
    })
    .optional()
    .describe('What its users get when they first come.'),
});

function isSafeUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(value);
  if (username !== '' || password !== '' || search !== '' || hash !== '') return false;
  const isHere = hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
  return protocol === 'https:' || (protocol === 'http:' && isHere);
}
