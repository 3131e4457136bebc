import { partsOf } from './message-parts.ts';
import type { SearchTerms } from './sessions-query.ts';
import type { SavedTurn } from './turn.ts';

/** A turn that has what was searched for. */
export interface MatchJson {
  readonly turn_id: string;
  readonly position: number;
  readonly model: string;
  /** Who said it; a tool's result is the tool's. */
  readonly role: 'user' | 'assistant' | 'system' | 'tool';
  /** What stands around it, in one line. */
  readonly excerpt: string;
}

const CHARS_BEFORE = 60;
const EXCERPT_CHARS = 160;

interface Said {
  readonly role: MatchJson['role'];
  readonly text: string;
}

/**
 * Gives the first place of a turn that has what is searched for: texts and tools' results, not pictures, files and
 * thoughts. Letters match in any case, by Unicode's simple folding.
 */
export function turnMatcher({ model, text }: SearchTerms): (turn: SavedTurn) => MatchJson | undefined {
  const pattern = text === undefined ? undefined : new RegExp(escaped(text), 'iu');
  return (turn) => {
    if (model !== undefined && turn.model !== model) return undefined;
    for (const { role, text: said } of saidIn(turn)) {
      const index = pattern === undefined ? 0 : said.search(pattern);
      if (index >= 0) return matchOf(turn, role, excerptOf(said, index));
    }
    return pattern === undefined ? matchOf(turn, 'assistant', '') : undefined;
  };
}

function matchOf({ turnId, position, model }: SavedTurn, role: MatchJson['role'], excerpt: string): MatchJson {
  return { turn_id: turnId, position, model, role, excerpt };
}

function saidIn({ system = [], messages, answer }: SavedTurn): readonly Said[] {
  const ofSystem = system.flatMap((block) =>
    'text' in block && typeof block.text === 'string' ? [{ role: 'system' as const, text: block.text }] : [],
  );
  const ofMessages = [...messages, answer].flatMap((message) => {
    const { speaker, texts, results } = partsOf(message);
    return [
      ...texts.map((text) => ({ role: speaker, text })),
      ...results.map(({ text }) => ({ role: 'tool' as const, text })),
    ];
  });
  return [...ofMessages, ...ofSystem];
}

function excerptOf(text: string, index: number): string {
  const start = Math.max(0, index - CHARS_BEFORE);
  const cut = text.slice(start, start + EXCERPT_CHARS);
  // Half of a character at either end is none.
  return cut
    .replace(/^\p{Surrogate}|\p{Surrogate}$/gu, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
