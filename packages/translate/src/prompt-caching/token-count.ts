/** Of English text, about. Texts of other scripts have fewer bytes to a token: then a point comes late, which does no harm. */
const BYTES_PER_TOKEN = 4;
/** An image of usual size, a page of a document. */
const TOKENS_OF_MEDIA = 1_000;
/** Under these names stand images and files, whose base64 is no text. */
const media = new Set(['image', 'document', 'video', 'audio']);

/** Counts tokens by estimate until there are as many as were asked for; what comes after that costs nothing. */
export class TokenCount {
  readonly #wanted: number;
  #tokens = 0;

  constructor(wanted: number) {
    this.#wanted = wanted;
  }

  isEnough(): boolean {
    return this.#tokens >= this.#wanted;
  }

  add(value: unknown): void {
    // Not by recursion: a caller decides how deep a request is.
    const pending = [value];
    while (pending.length > 0 && !this.isEnough()) {
      const next = pending.pop();
      if (typeof next === 'string') this.#tokens += Buffer.byteLength(next) / BYTES_PER_TOKEN;
      else if (typeof next === 'object' && next !== null) {
        for (const [name, each] of Object.entries(next)) {
          if (media.has(name)) this.#tokens += TOKENS_OF_MEDIA;
          else pending.push(each);
        }
      }
    }
  }
}
