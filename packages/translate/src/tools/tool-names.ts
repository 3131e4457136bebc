import { hash } from 'node:crypto';

/** Names that were changed for the upstream: its name → the caller's. Empty for nearly every request. */
export type ToolNames = ReadonlyMap<string, string>;

/**
 * Gives every tool name of one request a form that Bedrock takes (`[A-Za-z0-9_-]{1,64}`, for some
 * models without the hyphen), the same name always the same form, and no two names one form. A
 * changed name ends in a hash of the caller's, so that it does not change between requests either.
 */
export class ToolNameMap {
  readonly #allowed: RegExp;
  readonly #toUpstream = new Map<string, string>();
  readonly #taken = new Set<string>();
  /** Upstream name → the caller's, the changed ones only. */
  readonly changed = new Map<string, string>();

  constructor(hyphen: boolean) {
    this.#allowed = hyphen ? /^[\w-]{1,64}$/ : /^\w{1,64}$/;
  }

  /** Whether the upstream takes `name` as it is. */
  allows(name: string): boolean {
    return this.#allowed.test(name);
  }

  /** Whether one of the request's tools has this name upstream. */
  isTaken(name: string): boolean {
    return this.#taken.has(name);
  }

  /** The name that the upstream gets for the caller's `name`. */
  upstream(name: string): string {
    const known = this.#toUpstream.get(name);
    if (known !== undefined) return known;
    const plain = this.allows(name) && !this.#taken.has(name);
    const given = plain ? name : this.#hashed(name);
    this.#toUpstream.set(name, given);
    this.#taken.add(given);
    if (!plain) this.changed.set(given, name);
    return given;
  }

  #hashed(name: string): string {
    const stem = name.replace(this.#allowed.source.includes('-') ? /[^\w-]/g : /\W/g, '_').slice(0, 48);
    for (let round = 0; ; round++) {
      const given = `${stem}_${hash('sha256', `${round}:${name}`, 'hex').slice(0, 8)}`;
      if (!this.#taken.has(given)) return given;
    }
  }
}
