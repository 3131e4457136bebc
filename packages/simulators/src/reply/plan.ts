import { createHash } from 'node:crypto';
import type { JsonObject, JsonValue } from '../json.ts';
import { isObject } from '../json.ts';
import type { ScriptCitation, ScriptFault, ScriptReply, ScriptToolCall, StopReason } from '../script/script.ts';
import { signatureOf } from './signature.ts';
import { cutToTokens, tokensOfText } from './tokens.ts';

/** What a request lets the simulated model know, in no vendor's words. */
export interface ReplyRequest {
  /** The text that is echoed: the last user text without its directives. */
  readonly echoText: string;
  readonly inputTokens: number;
  /** The request's bytes as a short text: what ids are made from. */
  readonly seed: string;
  readonly maxTokens: number | undefined;
  readonly stopSequences: readonly string[];
  /** Tool choice `any` or `tool`. */
  readonly forcedTool: ScriptToolCall | undefined;
  /** True when the caller asked the model to reason. */
  readonly reasons: boolean;
  /** Of the documents whose citations were asked for, one each. */
  readonly citations?: readonly ScriptCitation[];
  /** True: ids of tool calls have nine letters and digits, as Mistral's do. */
  readonly shortIds?: boolean;
}

export type PlannedBlock =
  | { readonly kind: 'text'; readonly deltas: readonly string[]; readonly citations: readonly ScriptCitation[] }
  | { readonly kind: 'reasoning'; readonly deltas: readonly string[]; readonly signature: string | undefined }
  | { readonly kind: 'redacted'; readonly base64: string }
  | {
      readonly kind: 'tool-use';
      readonly toolUseId: string;
      readonly name: string;
      readonly input: JsonValue;
      readonly deltas: readonly string[];
    };

/** In tokens; the cache figures are undefined where nothing was asked of the cache. */
interface PlannedUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadInputTokens: number | undefined;
  readonly cacheWriteInputTokens: number | undefined;
}

/** A reply in no vendor's format: what the outputs turn into Converse, Messages or native bodies. */
export interface PlannedReply {
  readonly blocks: readonly PlannedBlock[];
  readonly stopReason: StopReason;
  readonly stopSequence: string | undefined;
  readonly usage: PlannedUsage;
  readonly firstByteDelayMs: number;
  readonly firstEventDelayMs: number;
  readonly paceMs: number;
  readonly events: ScriptReply['events'];
  readonly fault: ScriptFault | undefined;
  /** What the answer states; made from the delays, never measured, so that equal requests get equal bytes. */
  readonly latencyMs: number;
}

/** The reply to a request: what the script says, else the echo. Pure: the same arguments give the same reply. */
export function planReply(request: ReplyRequest, script: ScriptReply = {}): PlannedReply {
  const isEcho =
    script.text === undefined &&
    script.chunks === undefined &&
    script.toolCalls === undefined &&
    script.events === undefined;
  const toolCalls = script.toolCalls ?? (isEcho && request.forcedTool !== undefined ? [request.forcedTool] : []);
  const scripted = script.chunks?.join('') ?? script.text ?? '';
  const echo = toolCalls.length > 0 ? { text: '' } : limitText(request.echoText, request);
  const said: Ending = isEcho ? echo : { text: scripted };

  const blocks: PlannedBlock[] = [];
  const reasoning =
    script.reasoning ??
    (request.reasons && isEcho ? { text: 'Thinking.', signature: signatureOf('Thinking.') } : undefined);
  if (reasoning !== undefined) {
    blocks.push({ kind: 'reasoning', deltas: splitWords(reasoning.text), signature: reasoning.signature });
  }
  if (script.redactedReasoning !== undefined) blocks.push({ kind: 'redacted', base64: script.redactedReasoning });
  if (said.text !== '') {
    blocks.push({
      kind: 'text',
      deltas: script.chunks ?? splitWords(said.text),
      citations: script.citations ?? (isEcho ? request.citations : undefined) ?? [],
    });
  }
  blocks.push(...toolCalls.map((call, at) => planToolCall(call, `${request.seed}.${at}`, request.shortIds)));

  const stopReason = script.stopReason ?? said.stopReason ?? (toolCalls.length > 0 ? 'tool_use' : 'end_turn');
  const paceMs = script.paceMs ?? 0;
  const firstByteDelayMs = script.firstByteDelayMs ?? 0;
  const firstEventDelayMs = script.firstEventDelayMs ?? 0;
  const deltas = blocks.reduce((sum, block) => sum + ('deltas' in block ? block.deltas.length : 1), 0);
  return {
    blocks,
    stopReason,
    stopSequence: script.stopSequence ?? said.stopSequence,
    usage: {
      inputTokens: script.usage?.inputTokens ?? request.inputTokens,
      outputTokens: script.usage?.outputTokens ?? outputTokens(blocks),
      cacheReadInputTokens: script.usage?.cacheReadInputTokens,
      cacheWriteInputTokens: script.usage?.cacheWriteInputTokens,
    },
    firstByteDelayMs,
    firstEventDelayMs,
    paceMs,
    events: script.events,
    fault: script.fault,
    latencyMs: Math.max(1, firstByteDelayMs + firstEventDelayMs + deltas * paceMs),
  };
}

/** The whole text of a reply's text blocks. */
export function textOf(reply: PlannedReply): string {
  return reply.blocks.flatMap((block) => (block.kind === 'text' ? block.deltas : [])).join('');
}

/** A short text that stands for these bytes, equal for equal bytes. */
export function seedOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64url');
}

interface Ending {
  readonly text: string;
  readonly stopReason?: StopReason;
  readonly stopSequence?: string;
}

/** A model stops at a stop sequence, which it does not say, and at its token limit. */
function limitText(text: string, request: ReplyRequest): Ending {
  const hits = request.stopSequences
    .map((sequence) => ({ sequence, at: text.indexOf(sequence) }))
    .filter(({ sequence, at }) => at !== -1 && sequence !== '')
    .toSorted((a, b) => a.at - b.at);
  const [first] = hits;
  const stopped: Ending =
    first === undefined
      ? { text }
      : { text: text.slice(0, first.at), stopReason: 'stop_sequence', stopSequence: first.sequence };
  if (request.maxTokens === undefined || tokensOfText(stopped.text) <= request.maxTokens) return stopped;
  return { text: cutToTokens(stopped.text, request.maxTokens), stopReason: 'max_tokens' };
}

function planToolCall(call: ScriptToolCall, seed: string, isShort = false): PlannedBlock {
  const given = call.input ?? '';
  const hash = seedOf(Buffer.from(seed));
  const text = call.inputChunks?.join('') ?? (typeof given === 'string' ? given : JSON.stringify(given));
  return {
    kind: 'tool-use',
    toolUseId: call.toolUseId ?? (isShort ? hash.replaceAll(/[-_]/g, '0').slice(0, 9) : `tooluse_${hash.slice(0, 22)}`),
    name: call.name,
    input: typeof given === 'string' ? parsedInput(text) : given,
    deltas: call.inputChunks ?? splitEvery(text, 12),
  };
}

/** Text that is no JSON stays text: the answer of a model that broke off in mid-input. */
function parsedInput(text: string): JsonValue {
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? (value satisfies JsonObject) : text;
  } catch {
    return text;
  }
}

/** Words with the blank before them, as models emit them; joined they are the text. */
function splitWords(text: string): readonly string[] {
  return text.match(/\s*\S+|\s+$/g) ?? [];
}

/** Pieces of so many characters; one empty piece for no text, as Bedrock streams a tool without arguments. */
function splitEvery(text: string, characters: number): readonly string[] {
  const all = [...text];
  const pieces: string[] = [];
  for (let at = 0; at < all.length; at += characters) pieces.push(all.slice(at, at + characters).join(''));
  return pieces.length > 0 ? pieces : [''];
}

/** At least 1: a model that answers has said something. */
function outputTokens(blocks: readonly PlannedBlock[]): number {
  const text = blocks.map((block) => {
    if (block.kind === 'tool-use') return block.name + JSON.stringify(block.input);
    return block.kind === 'redacted' ? block.base64 : block.deltas.join('');
  });
  return Math.max(1, tokensOfText(text.join('')));
}
