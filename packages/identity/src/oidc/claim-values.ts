import type { Claims } from './compact-token.ts';
import type { ClaimName } from './oidc-issuer.ts';

const MAX_ID_LENGTH = 256;
const MAX_VALUES = 1_000;
/** Letters, marks, figures, signs, and spaces between them: no control, no invisible and no half characters. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S}](?:[\p{L}\p{M}\p{N}\p{P}\p{S} ]*[\p{L}\p{M}\p{N}\p{P}\p{S}])?$/u;

/** Whether a text can be an id, a name or an address at LiteLLM: 1 to 256 printable characters, no prototype's name. */
export function isUsableId(text: string): boolean {
  return text.length <= MAX_ID_LENGTH && PRINTABLE.test(text) && !(text in Object.prototype);
}

/** The usable texts of a claim, in its order. What is no text, or not usable as an id, is as if it were not there. */
export function claimValues(claims: Claims, name: ClaimName): readonly string[] {
  const value = claimAt(claims, name);
  const isScope = name === 'scope' || name === 'scp';
  const values: readonly unknown[] =
    typeof value === 'string' && isScope
      ? value.split(' ')
      : Array.isArray(value)
        ? value.slice(0, MAX_VALUES)
        : [value];
  return values.filter((each): each is string => typeof each === 'string' && isUsableId(each));
}

/** The one usable text of a claim; undefined where it is missing, not usable, or several. */
export function claimText(claims: Claims, name: ClaimName): string | undefined {
  const value = claimAt(claims, name);
  return typeof value === 'string' && isUsableId(value) ? value : undefined;
}

function claimAt(claims: Claims, name: ClaimName): unknown {
  let value: unknown = claims;
  for (const each of typeof name === 'string' ? [name] : name) {
    if (value === null || typeof value !== 'object' || Array.isArray(value) || !Object.hasOwn(value, each)) {
      return undefined;
    }
    value = new Map<string, unknown>(Object.entries(value)).get(each);
  }
  return value;
}
