import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { type GatewayConfig, unusable } from './gateway-config.ts';
import { issuerSchema } from './oidc-schema.ts';

type Written = z.infer<typeof issuerSchema>;

/** One issuer of tokens, read: the shape of `OidcIssuer` in `packages/identity`. */
export interface OidcIssuerConfig extends Omit<Written, 'jwksUri' | 'jwksFile' | 'jwks' | 'userIdPrefix'> {
  readonly keys:
    | { readonly from: 'discovery' }
    | { readonly from: 'url'; readonly url: string }
    | { readonly from: 'file'; readonly file: string }
    | { readonly from: 'inline'; readonly keySet: unknown };
  readonly userIdPrefix: string | undefined;
}

const EXPECTED =
  'It has to be a JSON array of issuers, such as [{"name":"main","issuer":"https://…","audiences":["…"]}].';

/**
 * The issuers whose tokens are taken: those of `OIDC_ISSUERS` or its file, and the one of `OKTA_ISSUER`. Throws
 * `ConfigError` that names variable, issuer and field, and how to mend it.
 */
export function readOidcIssuers(
  config: Pick<GatewayConfig, 'OIDC_ISSUERS' | 'OIDC_ISSUERS_FILE' | 'OKTA_ISSUER' | 'OKTA_AUDIENCE'>,
): readonly OidcIssuerConfig[] {
  const problems: string[] = [];
  const issuers = [...fromJson(config, problems), ...fromOkta(config, problems)];
  problems.push(...clashes(issuers));
  if (problems.length === 0) return issuers;
  throw unusable('configuration', problems);
}

type Source = Parameters<typeof readOidcIssuers>[0];

function fromJson({ OIDC_ISSUERS: inline, OIDC_ISSUERS_FILE: file }: Source, problems: string[]): OidcIssuerConfig[] {
  if (inline !== undefined && file !== undefined) {
    problems.push('OIDC_ISSUERS and OIDC_ISSUERS_FILE are both set. Unset one of them.');
    return [];
  }
  const name = file === undefined ? 'OIDC_ISSUERS' : 'OIDC_ISSUERS_FILE';
  const text = file === undefined ? inline : readText(file);
  if (text === undefined) {
    if (file !== undefined) problems.push(`${name} names a file that cannot be read. ${EXPECTED}`);
    return [];
  }
  const list = z.array(z.unknown()).safeParse(parseJson(text));
  if (!list.success) {
    problems.push(`${name} is not usable. ${EXPECTED}`);
    return [];
  }
  return list.data.flatMap((each, index) => readIssuer(each, `${name}[${index}]`, problems));
}

function readIssuer(value: unknown, place: string, problems: string[]): OidcIssuerConfig[] {
  const parsed = issuerSchema.safeParse(value, { reportInput: true });
  if (!parsed.success) {
    for (const issue of parsed.error.issues) problems.push(problemOf(issue, place));
    return [];
  }
  const { jwksUri, jwksFile, jwks, userIdPrefix, ...rest } = parsed.data;
  const keys: OidcIssuerConfig['keys'][] = [
    ...(jwksUri === undefined ? [] : [{ from: 'url', url: jwksUri } as const]),
    ...(jwksFile === undefined ? [] : [{ from: 'file', file: jwksFile } as const]),
    ...(jwks === undefined ? [] : [{ from: 'inline', keySet: jwks } as const]),
  ];
  if (keys.length > 1) problems.push(`${place} has more than one of jwksUri, jwksFile and jwks. Leave one of them.`);
  if (jwksFile !== undefined && !isKeySet(parseJson(readText(jwksFile) ?? ''))) {
    problems.push(`${place}.jwksFile names no readable file with a JSON Web Key Set. ${meaningOf('jwksFile')}`);
  }
  const prefix = userIdPrefix ?? rest.name;
  return [{ ...rest, keys: keys[0] ?? { from: 'discovery' }, userIdPrefix: prefix === '' ? undefined : prefix }];
}

/** Okta in the words of two variables: whoever signs in is known by `sub`, as user id and as address. */
function fromOkta({ OKTA_ISSUER: issuer, OKTA_AUDIENCE: audiences }: Source, problems: string[]): OidcIssuerConfig[] {
  if (issuer === undefined) {
    if (audiences.length > 0) problems.push('OKTA_AUDIENCE is set, so OKTA_ISSUER has to name the issuer.');
    return [];
  }
  if (audiences.length === 0) {
    problems.push(
      'OKTA_ISSUER is set, so OKTA_AUDIENCE has to name the audience of its tokens: without one any would do.',
    );
    return [];
  }
  const claims = { userId: 'sub', email: 'sub' };
  const found: string[] = [];
  const read = readIssuer({ name: 'okta', issuer, audiences, userIdPrefix: '', claims }, '', found);
  if (found.length > 0) problems.push(`OKTA_ISSUER ${found.map((each) => each.replace(/^\.issuer /, '')).join(' ')}`);
  return read;
}

function clashes(issuers: readonly OidcIssuerConfig[]): string[] {
  const twice = (values: readonly (string | undefined)[]): boolean => new Set(values).size < values.length;
  return [
    ...(twice(issuers.map(({ issuer }) => issuer))
      ? ['Two issuers have the same "issuer". Join their audiences.']
      : []),
    ...(twice(issuers.map(({ name }) => name)) ? ['Two issuers have the same "name". Give each its own.'] : []),
    ...(twice(issuers.map(({ userIdPrefix }) => userIdPrefix))
      ? [
          'Two issuers have the same "userIdPrefix", so that their users could be taken for each other. Give each its own.',
        ]
      : []),
  ];
}

function problemOf(issue: z.core.$ZodIssue, place: string): string {
  const path = issue.path.map((each) => (typeof each === 'number' ? `[${each}]` : `.${String(each)}`)).join('');
  const isMissing = issue.code === 'invalid_type' && issue.input === undefined;
  return `${place}${path} ${isMissing ? 'is missing' : issue.message}. ${meaningOf(String(issue.path[0] ?? ''))}`.trim();
}

function meaningOf(field: string): string {
  return new Map<string, z.ZodType>(Object.entries(issuerSchema.shape)).get(field)?.description ?? '';
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isKeySet(value: unknown): boolean {
  return z.looseObject({ keys: z.array(z.unknown()) }).safeParse(value).success;
}
