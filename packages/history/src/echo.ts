import type { ApiMessage } from '@genai-gateway/protocol';
import { partsOf, type Speaker, type ToolCallPart, type ToolResultPart } from './message-parts.ts';

/**
 * What is new of the messages that a caller has sent into a session. Some clients send the whole conversation again with
 * the session's id: what stands in the store already is taken from there, with the reasoning that they have let go, and
 * is not stored twice. `stored`: the messages of all loaded turns (`messagesOf`). `isTrimmed`: the session has older turns
 * that were not loaded.
 *
 * Messages are an echo when they are, up to some answer, the end of the stored conversation, or all of it: an older part
 * may be missing in front, since clients trim what they send. Then nothing can get lost: all that is taken away stands,
 * in the same words, right in front of what is left. Where the store was trimmed, they may hold more in front than was
 * loaded; that did not fit. In every other case all messages are new.
 *
 * Compared are speakers, texts, calls and results of tools, by what all APIs have in common and without white space: an
 * answer may be stored in one API and sent back in another. Time and memory are linear in both, as a caller chooses both.
 */
export function withoutEcho(
  stored: readonly ApiMessage[],
  sent: readonly ApiMessage[],
  { isTrimmed }: { readonly isTrimmed: boolean },
): readonly ApiMessage[] {
  if (stored.length === 0 || !sent.some(isAnswer)) return sent;
  const words = new Words();
  const sentRuns = words.runsOf(sent);
  const length = echoLength(words.runsOf(stored).map(wordOf), sentRuns.map(wordOf), isTrimmed);
  return length === 0 ? sent : sent.slice(sentRuns[length - 1]?.end);
}

/** One side's messages in a row, until the other side speaks. */
interface Run {
  readonly speaker: Speaker;
  /** The same number for all runs that say the same. */
  readonly word: number;
  /** How many messages there are up to its last one. */
  readonly end: number;
}

/** Gives runs that say the same the same number, so that comparing conversations is comparing numbers. */
class Words {
  readonly #numbers = new Map<string, number>();

  runsOf(messages: readonly ApiMessage[]): readonly Run[] {
    const runs: Run[] = [];
    let open: OpenRun | undefined;
    for (const [index, message] of messages.entries()) {
      const { speaker, texts, calls, results } = partsOf(message);
      if (open !== undefined && open.speaker !== speaker) runs.push(this.#closed(open, index));
      if (open === undefined || open.speaker !== speaker) open = { speaker, texts: [], calls: [], results: [] };
      for (const text of texts) open.texts.push(text);
      for (const call of calls) open.calls.push(call);
      for (const result of results) open.results.push(result);
    }
    if (open !== undefined) runs.push(this.#closed(open, messages.length));
    return runs;
  }

  #closed({ speaker, texts, calls, results }: OpenRun, end: number): Run {
    const said = JSON.stringify([
      speaker,
      // One API has a text where another has several, and in between the order of texts and calls.
      withoutSpace(texts.join('')),
      // Tools whose names a model does not take are renamed on their way; their ids stay.
      calls.map(({ id, name }) => id ?? name ?? ''),
      results.map(({ id, text }) => [id, withoutSpace(text)]),
    ]);
    const word = this.#numbers.get(said) ?? this.#numbers.size;
    this.#numbers.set(said, word);
    return { speaker, word, end };
  }
}

interface OpenRun {
  readonly speaker: Speaker;
  readonly texts: string[];
  readonly calls: ToolCallPart[];
  readonly results: ToolResultPart[];
}

/**
 * How many of the sent runs are an echo: the longest beginning of `sent` that is an end of `stored`; where the store was
 * trimmed, up to the last place in `sent` where all that is stored stands. Stored conversations end with an answer, and
 * so does their echo.
 */
function echoLength(stored: readonly number[], sent: readonly number[], isTrimmed: boolean): number {
  const beginning = matchLengths(sent, stored).at(-1) ?? 0;
  return isTrimmed ? Math.max(beginning, matchLengths(stored, sent).lastIndexOf(stored.length) + 1) : beginning;
}

/**
 * For each place in `text`, the length of the longest beginning of `pattern` that ends there. By the method of Knuth,
 * Morris and Pratt: linear, however often a conversation repeats itself.
 */
function matchLengths(pattern: readonly number[], text: readonly number[]): readonly number[] {
  const shorter = [0];
  const next = (length: number, value: number | undefined): number => {
    let matched = length === pattern.length ? (shorter[length - 1] ?? 0) : length;
    while (matched > 0 && pattern[matched] !== value) matched = shorter[matched - 1] ?? 0;
    return pattern[matched] === value ? matched + 1 : matched;
  };
  for (let at = 1; at < pattern.length; at++) shorter.push(next(shorter[at - 1] ?? 0, pattern[at]));
  let length = 0;
  return text.map((value) => {
    length = next(length, value);
    return length;
  });
}

/** The messages that no answer follows: what a caller asks now, whether it has sent the conversation before or not. */
export function behindLastAnswer(sent: readonly ApiMessage[]): readonly ApiMessage[] {
  return sent.slice(sent.findLastIndex(isAnswer) + 1);
}

function isAnswer({ message }: ApiMessage): boolean {
  return message.role === 'assistant';
}

function wordOf({ word }: Run): number {
  return word;
}

function withoutSpace(text: string): string {
  return text.replace(/\s+/g, '');
}
