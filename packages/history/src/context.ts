import type { ApiMessage } from '@genai-gateway/protocol';
import { partsOf } from './message-parts.ts';
import { charsOf, type SavedTurn, type Turn } from './turn.ts';

/**
 * What one request may load, in characters of JSON, blocked turns and all: no more than a caller may send at once. Tokens do
 * not bound it, since a picture of megabytes takes few of them.
 */
const MAX_CHARS = 32 * 1024 * 1024;

export interface ContextWindowOptions {
  /** What the stored turns may take of the model's context. */
  readonly budgetTokens: number;
  /**
   * About how many tokens a turn takes. The usage that its model reported is of no help: it counts the whole prompt, with
   * the turns before and the tools, by the tokenizer of a model that may not be the one that reads the turn now.
   */
  readonly estimateTokens: (turn: Turn) => number;
  /** The new messages answer calls of the newest turn (`answersCalls`). */
  readonly continues: boolean;
}

/**
 * Which stored turns a model gets: the newest that fit, by whole turns. One window serves one request.
 *
 * The calls of tools that the new messages answer must be there, and with them the results that led to those calls, back
 * to what the user had asked: so these turns are taken whatever they cost. All of them were in the prompt of the newest
 * one; when they are too much for this model, it says so itself, as it does to a client that keeps its own history.
 */
export class ContextWindow {
  readonly #estimateTokens: (turn: Turn) => number;
  #leftChars = MAX_CHARS;
  #leftTokens: number;
  #continues: boolean;
  #isTrimmed = false;

  constructor({ budgetTokens, estimateTokens, continues }: ContextWindowOptions) {
    this.#estimateTokens = estimateTokens;
    this.#leftTokens = budgetTokens;
    this.#continues = continues;
  }

  /** For `SessionStore.newestTurns`: asked about each turn once, from the newest back. */
  readonly wants = (turn: SavedTurn): boolean => {
    const fits = this.#fits(turn);
    this.#isTrimmed ||= !fits;
    return fits;
  };

  /** The session has turns that did not fit. */
  get isTrimmed(): boolean {
    return this.#isTrimmed;
  }

  #fits(turn: SavedTurn): boolean {
    this.#leftChars -= charsOf(turn);
    if (this.#leftChars < 0) return false;
    // No model reads it, so it takes no tokens; it is loaded so that a client who sends it again is understood.
    if (turn.isBlocked) return true;
    const tokens = this.#estimateTokens(turn);
    if (!this.#continues && tokens > this.#leftTokens) return false;
    this.#leftTokens -= tokens;
    this.#continues &&= answersCalls(turn.messages);
    return true;
  }
}

/** What a model reads of a session. */
export interface Context {
  readonly turns: readonly SavedTurn[];
  /** All that the turns hold, in order. */
  readonly messages: readonly ApiMessage[];
  /** The system prompt that holds until a caller sends another; undefined: there is none. */
  readonly system: Turn['system'];
}

/**
 * Of turns in their order, those that a model can read: without the blocked ones, and without those that hold results of
 * tools whose calls are not there, because they did not fit, were blocked, or could not be saved. No API takes a result
 * without its call.
 *
 * The system prompt of a blocked turn goes on holding: what may not be said is the guardrail's affair, which reads it
 * again, while nobody would notice that it is gone.
 */
export function contextOf(loaded: readonly SavedTurn[]): Context {
  const turns: SavedTurn[] = [];
  let calls = noCalls;
  for (const turn of loaded) {
    if (turn.isBlocked) continue;
    const callsBehind = follow(messagesOf([turn]), calls);
    if (callsBehind === undefined) continue;
    turns.push(turn);
    calls = callsBehind;
  }
  return { turns, messages: messagesOf(turns), system: loaded.findLast((turn) => turn.system !== undefined)?.system };
}

/** All that the turns hold, in order: what was sent, then the answer. */
export function messagesOf(turns: readonly Turn[]): readonly ApiMessage[] {
  return turns.flatMap((turn) => [...turn.messages, turn.answer]);
}

/** True when messages answer calls of tools that stand before them. */
export function answersCalls(messages: readonly ApiMessage[]): boolean {
  return follow(messages, noCalls) === undefined;
}

/** The ids of calls; undefined among them: some providers give their calls none. */
type CallIds = ReadonlySet<string | undefined>;

const noCalls: CallIds = new Set();

/**
 * The calls that the newest answer among `messages` makes, or `before` when there is no answer. Undefined: they hold the
 * result of a call that the newest answer in front of it has not made.
 */
function follow(messages: readonly ApiMessage[], before: CallIds): CallIds | undefined {
  let ids = before;
  /** Of the answer that goes on: it may be several messages. */
  let made: Set<string | undefined> | undefined;
  for (const message of messages) {
    const { speaker, calls, results } = partsOf(message);
    if (speaker === 'assistant') {
      made ??= new Set();
      for (const { id } of calls) made.add(id);
      ids = made;
    } else {
      made = undefined;
      if (!results.every(({ id }) => isMade(id, ids))) return undefined;
    }
  }
  return ids;
}

/** Without an id on one side, any call of the other may be meant. */
function isMade(id: string | undefined, ids: CallIds): boolean {
  return ids.has(id) || ids.has(undefined) || (id === undefined && ids.size > 0);
}
