/** The events by which OpenAI's and Anthropic's streams say that they are over. */
const LAST_EVENT = /^(?:event:[^\n]*\n)?data: ?(?:\[DONE\]|\{"type": ?"message_stop")/;
const LOOKED_AT = 128;
const nothing = Buffer.alloc(0);

/**
 * Holds back the last event of a stream of server-sent events, so that something can be done before a client sees it:
 * many leave as soon as they do.
 */
export class LastEventHold {
  /** The beginning of an event that has not come whole. */
  #rest: Buffer = nothing;
  #last: Buffer[] | undefined;

  /** The events that are whole now and may go on. */
  push(bytes: Buffer): Buffer {
    if (this.#last !== undefined) {
      this.#last.push(bytes);
      return nothing;
    }
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    let passed = 0;
    for (let end = endOfEvent(all, passed); end !== -1; end = endOfEvent(all, passed)) {
      if (LAST_EVENT.test(all.toString('latin1', passed, Math.min(end, passed + LOOKED_AT)))) {
        this.#last = [all.subarray(passed)];
        return all.subarray(0, passed);
      }
      passed = end;
    }
    this.#rest = all.subarray(passed);
    return all.subarray(0, passed);
  }

  /** All that was held back. */
  end(): Buffer {
    return this.#last === undefined ? this.#rest : Buffer.concat(this.#last);
  }
}

/** Behind the blank line that ends an event; -1: it has not come. */
function endOfEvent(bytes: Buffer, from: number): number {
  const lf = bytes.indexOf('\n\n', from, 'latin1');
  const crlf = bytes.indexOf('\r\n\r\n', from, 'latin1');
  if (crlf !== -1 && (lf === -1 || crlf < lf)) return crlf + 4;
  return lf === -1 ? -1 : lf + 2;
}
