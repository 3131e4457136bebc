import { invalid } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { redactedSample, signatureOf } from '../reply/signature.ts';
import type { ScriptCitation, ScriptReply, ScriptToolCall } from './script.ts';
import { parseScript, ScriptError } from './script-parser.ts';

/** What the directives of a text ask for, and the text without them. */
export interface Directed {
  readonly text: string;
  readonly reply: ScriptReply | undefined;
  /** Whether the echo is to be what the model sees of images, documents and other media. */
  readonly looks?: true;
}

const OPENING = '[[sim';

/** `key`, `key=word`, `key="quoted"`, `key={json}`; JSON and quotes may hold blanks and brackets. */
interface Setting {
  readonly key: string;
  readonly value: string | undefined;
}

type Draft = { -readonly [Field in keyof ScriptReply]: ScriptReply[Field] } & {
  tools: { -readonly [F in keyof ScriptToolCall]: ScriptToolCall[F] }[];
  looks: true | undefined;
};

/**
 * Reads every `[[sim …]]` of the last user text. The grammar is in this package's README.
 * Throws ValidationException for a directive that says nothing known, so that a typing error is seen at once.
 */
export function readDirectives(text: string): Directed {
  if (!text.includes(OPENING)) return { text, reply: undefined };
  const draft: Draft = { tools: [], looks: undefined };
  let rest = '';
  let at = 0;
  for (;;) {
    const start = text.indexOf(OPENING, at);
    if (start === -1) break;
    rest += text.slice(at, start);
    const { settings, end } = readSettings(text, start + OPENING.length);
    applySettings(draft, settings);
    at = end;
  }
  rest = (rest + text.slice(at)).trim();
  const { tools, looks, ...reply } = draft;
  const finished: ScriptReply = tools.length > 0 ? { text: rest, ...reply, toolCalls: tools } : reply;
  try {
    parseScript({ reply: finished });
  } catch (error) {
    if (error instanceof ScriptError) throw wrong(error.message.replace('script.reply.', ''));
    throw error;
  }
  return { text: rest, reply: finished, ...(looks ? { looks } : {}) };
}

function wrong(what: string): Error {
  return invalid(`The [[sim …]] directive is wrong: ${what}.`);
}

function readSettings(text: string, from: number): { settings: readonly Setting[]; end: number } {
  const settings: Setting[] = [];
  let at = from;
  for (;;) {
    while (/\s/.test(text[at] ?? '')) at += 1;
    if (text.startsWith(']]', at)) return { settings, end: at + 2 };
    const key = /^[A-Za-z]+/.exec(text.slice(at))?.[0];
    if (key === undefined) throw wrong(at >= text.length ? 'it has no ]]' : `unexpected '${text[at]}'`);
    at += key.length;
    if (text[at] !== '=') {
      settings.push({ key, value: undefined });
      continue;
    }
    const end = valueEnd(text, at + 1);
    settings.push({ key, value: text.slice(at + 1, end) });
    at = end;
  }
}

/** Where a value ends: its closing quote or brace, or the next blank or `]]`. */
function valueEnd(text: string, from: number): number {
  let depth = 0;
  let quoted = false;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (quoted) {
      if (character === '\\') at += 1;
      else if (character === '"') {
        quoted = false;
        if (depth === 0) return at + 1;
      }
    } else if (character === '"') quoted = true;
    else if (character === '{' || character === '[') depth += 1;
    else if (depth > 0 && (character === '}' || character === ']')) {
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (/\s/.test(character) || text.startsWith(']]', at))) return at;
  }
  throw wrong('it has no ]]');
}

function applySettings(draft: Draft, settings: readonly Setting[]): void {
  let after = 0;
  const afterSetting = settings.find(({ key }) => key === 'after');
  if (afterSetting !== undefined) after = integer(afterSetting);
  for (const setting of settings) applySetting(draft, setting, after);
}

function applySetting(draft: Draft, setting: Setting, after: number): void {
  switch (setting.key) {
    case 'text':
      draft.text = word(setting);
      return;
    case 'words':
      draft.text = numberedWords(integer(setting));
      return;
    case 'delayMs':
      draft.paceMs = integer(setting);
      return;
    case 'firstByteMs':
      draft.firstByteDelayMs = integer(setting);
      return;
    case 'firstEventMs':
      draft.firstEventDelayMs = integer(setting);
      return;
    case 'tool':
      draft.tools.push({ name: word(setting), input: '' });
      return;
    case 'input': {
      const tool = draft.tools.at(-1);
      if (tool === undefined) throw wrong('input comes after a tool');
      tool.input = json(setting);
      return;
    }
    case 'stop':
      // The parser of scripts checks the word.
      draft.stopReason = word(setting) as NonNullable<ScriptReply['stopReason']>;
      return;
    case 'look':
      draft.looks = true;
      return;
    case 'reasoning': {
      const text = setting.value === undefined ? 'Thinking about the request.' : word(setting);
      draft.reasoning = { text, signature: signatureOf(text) };
      return;
    }
    case 'redacted':
      draft.redactedReasoning = redactedSample;
      return;
    case 'citations':
      draft.citations = [SAMPLE_CITATION];
      return;
    case 'cache':
      draft.usage = { cacheReadInputTokens: 1024, cacheWriteInputTokens: 256 };
      return;
    case 'error':
      draft.fault = { kind: 'exception', name: word(setting) } as NonNullable<ScriptReply['fault']>;
      return;
    case 'exception':
      draft.fault = { kind: 'stream-exception', name: word(setting), afterEvents: after } as NonNullable<
        ScriptReply['fault']
      >;
      return;
    case 'cut':
      draft.fault = { kind: 'cut', afterEvents: after };
      return;
    case 'stall':
      draft.fault = { kind: 'stall', afterEvents: after };
      return;
    case 'unfinished':
      draft.fault = { kind: 'no-message-stop' };
      return;
    case 'corrupt':
      draft.fault = { kind: 'corrupt-crc', afterEvents: after };
      return;
    case 'after':
      return;
    default:
      throw wrong(`${setting.key} is unknown`);
  }
}

const SAMPLE_CITATION: ScriptCitation = {
  title: 'Simulated source',
  citedText: 'A sentence of the source.',
  documentIndex: 0,
};

/** `word1 word2 …`: a text of a known length that shows where it was cut. */
function numberedWords(howMany: number): string {
  return Array.from({ length: howMany }, (_, at) => `word${at + 1}`).join(' ');
}

function word({ key, value }: Setting): string {
  if (value === undefined || value === '') throw wrong(`${key} needs a value`);
  if (!value.startsWith('"')) return value;
  try {
    return String(JSON.parse(value));
  } catch {
    throw wrong(`${key} is not a quoted string`);
  }
}

function integer({ key, value }: Setting): number {
  if (value === undefined || !/^\d{1,7}$/.test(value)) throw wrong(`${key} needs a whole number`);
  return Number(value);
}

function json({ key, value }: Setting): JsonObject {
  try {
    return JSON.parse(value ?? '') as JsonObject;
  } catch {
    throw wrong(`${key} is not JSON`);
  }
}
