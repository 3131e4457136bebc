import type { ConverseCachePointBlock, JsonValue } from '@genai-gateway/protocol';

/** A call as the caller's history has it. `name` and `input` are in the upstream's form. */
export interface HistoryCall {
  readonly id: string | undefined;
  readonly name: string;
  readonly input: JsonValue;
  /** Stands behind the call. */
  readonly point?: ConverseCachePointBlock;
}

/** `toolUseId`: the id that the upstream gets for it. */
export interface OpenCall {
  readonly toolUseId: string;
  isAnswered: boolean;
}

/** Calls of one id: nearly always one, but some clients count their ids anew in every list. */
type SameId = {
  readonly made: HistoryCall[];
  readonly open: OpenCall[];
  keys: Set<string> | undefined;
  answered: number;
};

/** The calls of one assistant message, and which of them have their result. A step takes the same time however many there are. */
export class OpenCalls {
  readonly #all: OpenCall[] = [];
  readonly #byId = new Map<string, SameId>();
  /** All before this one are answered. */
  #first = 0;

  /** Undefined when the very same call is here: a client that stored a streamed call twice means one. */
  add(call: HistoryCall, newToolUseId: () => string): OpenCall | undefined {
    const same = call.id === undefined ? undefined : this.#sameId(call.id);
    if (same !== undefined && isRepeated(call, same)) return undefined;
    const open: OpenCall = { toolUseId: newToolUseId(), isAnswered: false };
    this.#all.push(open);
    same?.made.push(call);
    same?.open.push(open);
    return open;
  }

  /**
   * Takes the call that a result with this id is for, the first open one where the result has no id.
   * `answered`: all calls of this id have theirs. Undefined: there is no such call.
   */
  answer(id: string | undefined): OpenCall | 'answered' | undefined {
    if (id === undefined) {
      this.#skipAnswered();
      const next = this.#all[this.#first];
      if (next !== undefined) next.isAnswered = true;
      return next;
    }
    const same = this.#byId.get(id);
    if (same === undefined) return undefined;
    while (same.open[same.answered]?.isAnswered === true) same.answered += 1;
    const call = same.open[same.answered];
    if (call === undefined) return 'answered';
    call.isAnswered = true;
    return call;
  }

  /** Whether there is such a call, answered or not. */
  has(id: string): boolean {
    return this.#byId.has(id);
  }

  /** In the order in which they were made. */
  unanswered(): readonly OpenCall[] {
    return this.#all.filter(({ isAnswered }) => !isAnswered);
  }

  #skipAnswered(): void {
    while (this.#all[this.#first]?.isAnswered === true) this.#first += 1;
  }

  #sameId(id: string): SameId {
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    const fresh: SameId = { made: [], open: [], keys: undefined, answered: 0 };
    this.#byId.set(id, fresh);
    return fresh;
  }
}

/** Looks at what the calls say only from the second call of an id on. */
function isRepeated(call: HistoryCall, same: SameId): boolean {
  if (same.made.length === 0) return false;
  same.keys ??= new Set(same.made.map(keyOf));
  const key = keyOf(call);
  if (same.keys.has(key)) return true;
  same.keys.add(key);
  return false;
}

function keyOf({ name, input }: HistoryCall): string {
  return JSON.stringify([name, input]);
}
