import { randomBytes } from 'node:crypto';
import type { RotatedCredential, SecretTexts } from '../rotated-credential.ts';
import { RotationFailure } from '../rotation-failure.ts';

/** Port: whether LiteLLM has a salt key of its own. */
export interface SaltKey {
  isSet(signal: AbortSignal): Promise<boolean>;
}

/** As LiteLLM demands it: `sk-`, and here 32 random bytes behind it. */
const form = /^sk-[A-Za-z0-9_-]{32,}$/;

/**
 * The master key of gateway and LiteLLM. No server has to be told: the gateway takes the current and the previous version,
 * and tries the other one where LiteLLM refuses; LiteLLM reads it when it starts. Before that nothing can be tested but its
 * form.
 *
 * Without a salt key LiteLLM encrypts what it stores by the master key, and could not read it any more (1.106.2,
 * proxy/common_utils/encrypt_decrypt_utils.py `get_salt_key`, read 2026-11-23).
 */
export class MasterKeyCredential implements RotatedCredential {
  readonly #saltKey: SaltKey;

  constructor(saltKey: SaltKey) {
    this.#saltKey = saltKey;
  }

  next(): string {
    return `sk-${randomBytes(32).toString('base64url')}`;
  }

  async accept({ current, pending }: SecretTexts, signal: AbortSignal): Promise<void> {
    if (!(await this.#saltKey.isSet(signal))) {
      throw new RotationFailure(
        'LiteLLM has no salt key, so what it stores is encrypted by the master key and would be lost.',
        'Do not rotate it. Where LITELLM_SALT_KEY is set to the master key of today, rotating is safe.',
      );
    }
    if (current === pending) {
      throw new RotationFailure(
        'The pending master key is the one in use.',
        'Put no value there by hand; rotate again.',
      );
    }
    demandForm(pending);
  }

  async test(pending: string): Promise<void> {
    demandForm(pending);
  }
}

function demandForm(text: string): void {
  if (form.test(text)) return;
  throw new RotationFailure(
    'The pending master key is none: sk- and at least 32 letters, digits, - or _ are.',
    'Take the label AWSPENDING from that version (`aws secretsmanager update-secret-version-stage`), and rotate again.',
  );
}
