/** The longest list that is reported; a caller can send any number of unknown fields. */
const MAX_REPORTED = 32;

/** Collects the request fields that had no effect, each once, in the order met. */
export class DroppedParams {
  readonly #names = new Set<string>();

  /** A name that could not go into a header as it is becomes `(unnamed)`. */
  add(name: string): void {
    if (this.#names.size < MAX_REPORTED) this.#names.add(/^[\w.-]{1,64}$/.test(name) ? name : '(unnamed)');
  }

  list(): readonly string[] {
    return [...this.#names];
  }
}
