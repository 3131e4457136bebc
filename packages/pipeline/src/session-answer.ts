/** For a stream of server-sent events: a comment, which every client skips. */
export const SSE_NOT_SAVED = ': this answer was not saved in its session\n\n';

/** A JSON object's bytes with `session_id` as its first field; what is no object stays as it is. */
export function withSessionId(body: Buffer, sessionId: string): Buffer {
  const at = startOfObject(body);
  if (at === undefined) return body;
  const isEmpty = /^\s*\}/.test(body.toString('latin1', at, at + 32));
  const field = `"session_id":${JSON.stringify(sessionId)}${isEmpty ? '' : ','}`;
  return Buffer.concat([body.subarray(0, at), Buffer.from(field), body.subarray(at)]);
}

const BRACE = 0x7b;

/** Where the fields of an object begin; undefined: it begins with something else. */
function startOfObject(body: Buffer): number | undefined {
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at];
    if (byte === BRACE) return at + 1;
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return undefined;
  }
  return undefined;
}

/** The beginning of a server-sent event's JSON object, at the start of a line. */
const EVENT = /(?:^|\n)data: ?(?=\{)/;
/** LiteLLM's first event is far shorter. */
const MAX_HELD = 64 * 1024;

/** Puts `session_id` into an answer that comes in pieces: a JSON object, or the first event of a stream that is one. */
export class SessionMark {
  readonly #sessionId: string;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #isDone = false;

  constructor(sessionId: string) {
    this.#sessionId = sessionId;
  }

  /** What may go on of what has come; empty while it cannot be told yet what it is. */
  push(bytes: Buffer): Buffer {
    if (this.#isDone) return bytes;
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    const all = Buffer.concat(this.#held, this.#heldBytes);
    this.#held = [all];
    const marked = this.#marked(all);
    if (marked === undefined && all.length < MAX_HELD) return Buffer.alloc(0);
    this.#isDone = true;
    this.#held = [];
    return marked ?? all;
  }

  /** What was held back to the end. */
  end(): Buffer {
    const rest = Buffer.concat(this.#held);
    this.#isDone = true;
    this.#held = [];
    return rest;
  }

  /** Undefined: more has to come. */
  #marked(all: Buffer): Buffer | undefined {
    const text = all.toString('latin1');
    const first = text.trimStart();
    // Whether an object is empty can be told by what follows its brace.
    if (first.startsWith('{')) return first.length > 1 ? withSessionId(all, this.#sessionId) : undefined;
    const event = EVENT.exec(text);
    if (event === null) return undefined;
    const at = event.index + event[0].length;
    if (text.length <= at + 1) return undefined;
    return Buffer.concat([all.subarray(0, at), withSessionId(all.subarray(at), this.#sessionId)]);
  }
}
