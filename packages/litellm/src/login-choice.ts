import type { Login, SecretSource, SecretVersion } from '@genai-gateway/core';

/** Which of a secret's logins to come with: the newest, unless it was refused and another one was not. */
export class LoginChoice {
  readonly #source: SecretSource<Login>;
  readonly #refused = new Set<Login>();
  #versions: readonly SecretVersion<Login>[] = [];

  constructor(source: SecretSource<Login>) {
    this.#source = source;
  }

  now(): Login {
    const versions = this.#source.versions();
    if (versions !== this.#versions) this.#refused.clear();
    this.#versions = versions;
    return (versions.find(({ value }) => !this.#refused.has(value)) ?? versions[0]).value;
  }

  /**
   * Settles as soon as there is a login to try that was not refused, or once the secret was read again: then all of
   * them may be tried anew.
   */
  async refuse(login: Login): Promise<void> {
    this.#refused.add(login);
    const read = this.#source.refresh();
    if (this.#source.versions().some(({ value }) => !this.#refused.has(value))) return;
    await read;
    this.#refused.clear();
  }
}
