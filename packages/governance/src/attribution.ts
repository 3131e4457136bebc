import { createHmac, hkdfSync } from 'node:crypto';
import type { Payer } from '@genai-gateway/core';
import { PREFIX, type RequestMetadata } from './request-metadata.ts';

/** What of a payer Bedrock's invocation log may show, hashed. */
export type AttributedField = 'user' | 'team' | 'key';

export interface AttributionOptions {
  readonly fields: readonly AttributedField[];
  /** Who has it can tell whether a hash is of an id that they know; 16 random bytes or more. */
  readonly secret: string;
}

/** 128 bits: nobody finds a second id with the same one. */
const HEX_LENGTH = 32;
/** Digests are kept per id; a gateway meets far fewer ids between two restarts. */
const MAX_KEPT = 50_000;

/**
 * Gives what a payer's calls are marked with: `gateway.user`, `gateway.team`, `gateway.key`, as far as they are asked
 * for and known. A value is the first 32 hex digits of HMAC-SHA256 over `<field>:<id>` (for a key `<id>` is its hash
 * as LiteLLM stores it), under the key that HKDF-SHA256 makes of the secret with the info `genai-gateway attribution`
 * and no salt: the same in every month, so finance can join the log with LiteLLM's tables, and of no use without the
 * secret.
 */
export function attributor({ fields, secret }: AttributionOptions): (payer: Payer) => RequestMetadata {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'genai-gateway attribution', 32));
  const kept = new Map<string, string>();
  const digest = (name: string): string => {
    const known = kept.get(name);
    if (known !== undefined) return known;
    const made = createHmac('sha256', key).update(name).digest('hex').slice(0, HEX_LENGTH);
    if (kept.size >= MAX_KEPT) kept.clear();
    kept.set(name, made);
    return made;
  };
  return (payer) => {
    const ids = { user: payer.userId, team: payer.teamId, key: payer.keyHash };
    const metadata: Record<string, string> = {};
    for (const field of fields) {
      const id = ids[field];
      if (id !== undefined && id !== '') metadata[PREFIX + field] = digest(`${field}:${id}`);
    }
    return metadata;
  };
}
