import { isDeepStrictEqual } from 'node:util';
import { GatewayError, isGatewayError } from '@genai-gateway/core';
import { inputTokensOf, measureRequest } from '@genai-gateway/governance';
import {
  answersCalls,
  behindLastAnswer,
  ContextWindow,
  contextOf,
  messagesOf,
  type SavedTurn,
  type Turn,
  withoutEcho,
} from '@genai-gateway/history';
import type { RenderedPrompt } from '@genai-gateway/prompts';
import type { ApiMessage, ConverseMessage, ConverseSystemBlock, JsonObject } from '@genai-gateway/protocol';
import { converseMessages, withoutReasoning } from '@genai-gateway/translate';
import type { AskedConversation } from './admit-conversation.ts';
import type { Call } from './call.ts';
import type { KeptSession } from './session-of-call.ts';

/** What a caller says. */
export interface Said {
  /** Its messages, without a system prompt in front. */
  readonly messages: readonly ApiMessage[];
  /** Its system prompt; undefined: it brings none. */
  readonly system: readonly ConverseSystemBlock[] | undefined;
  /** The managed prompt that it goes by. */
  readonly prompt: RenderedPrompt | undefined;
  /** The model, as callers name it; of a managed prompt the one behind it. */
  readonly model: string;
}

/** What a model reads in front of what is said, and what of it is new. */
export interface Conversation {
  /** The prompt's messages, where the caller brings its own. They are not kept. */
  readonly prefix: readonly ConverseMessage[];
  /** Of the turns that are kept and fit, in their order. */
  readonly stored: readonly ApiMessage[];
  /** The system prompt that the session has from an earlier turn; empty where the call brings one. */
  readonly system: readonly ConverseSystemBlock[];
  /** The prompt's messages, where the caller brings none: they are what is said. */
  readonly alone: readonly ConverseMessage[];
  /** What this turn adds: those, or of the caller's messages what the session does not have already. */
  readonly fresh: readonly ApiMessage[];
}

/** What a caller says in its own API. */
export interface OwnWords<Message> extends Pick<Said, 'system'> {
  /** Without a system prompt in front. */
  readonly messages: readonly Message[];
  readonly inApi: (message: Message) => ApiMessage;
  /** The request as it came, for its size. */
  readonly request: JsonObject;
}

/** What is said now, and what stands before it. */
export interface Continued<Message> {
  readonly said: Said;
  readonly conversation: Conversation;
  /** The caller's own messages, without those that the session has already. */
  readonly news: readonly Message[];
}

/** Taken for a model of which nobody says how much it takes: most take this much and more. */
const UNKNOWN_CONTEXT_TOKENS = 100_000;
/** Left for the answer, where the request does not say how long it may be; of a short context no more than a quarter. */
const ANSWER_TOKENS = 4_096;
const READ_TIMEOUT_MS = 3_000;

/**
 * What is said in a call, and what stands before it. Rejects with `history-unavailable` when that cannot be read: to answer
 * without what was said before would be another answer.
 */
export async function conversationOf<Message>(
  call: Call,
  { model, session: { kept }, prompt, readsAtMost }: AskedConversation,
  { messages, inApi, system, request }: OwnWords<Message>,
): Promise<Continued<Message>> {
  const said: Said = {
    messages: messages.map(inApi),
    system,
    prompt: prompt?.rendered,
    model: prompt?.model ?? model,
  };
  const rendered = said.prompt?.messages ?? [];
  const isPromptAlone = messages.length === 0;
  if (isPromptAlone && rendered.length === 0) {
    throw new GatewayError('invalid-request', 'There is no message for the model to answer. Send one in `messages`.', {
      param: 'messages',
    });
  }
  const isEmpty = kept === undefined || kept.isNew;
  const { turns, isTrimmed } = isEmpty
    ? nothing
    : await turnsOf(call, kept, said, freeTokens(said, request, readsAtMost()));
  const context = contextOf(turns);
  // What a model thought is signed for itself.
  const stored = context.turns.flatMap((turn) =>
    turn.model === said.model ? messagesOf([turn]) : withoutReasoning(messagesOf([turn])),
  );
  // A session that began with the prompt by itself has it already.
  const isThere = isDeepStrictEqual(stored.slice(0, rendered.length), asApiMessages(rendered));
  const fresh = isPromptAlone ? asApiMessages(rendered) : withoutEcho(messagesOf(turns), said.messages, { isTrimmed });
  const conversation: Conversation = {
    prefix: isPromptAlone || isThere ? [] : rendered,
    stored,
    system: system === undefined ? (context.system ?? []) : [],
    alone: isPromptAlone ? rendered : [],
    fresh,
  };
  // What is new stands at the end.
  return { said, conversation, news: messages.slice(messages.length - fresh.length) };
}

interface Loaded {
  readonly turns: readonly SavedTurn[];
  /** There are older ones. */
  readonly isTrimmed: boolean;
}

const nothing: Loaded = { turns: [], isTrimmed: false };

async function turnsOf(call: Call, { ref, store }: KeptSession, said: Said, budgetTokens: number): Promise<Loaded> {
  const signal = AbortSignal.any([call.signal, AbortSignal.timeout(READ_TIMEOUT_MS)]);
  const window = new ContextWindow({
    budgetTokens,
    estimateTokens: tokensOfTurns(said),
    // What stands in front of the last answer may be an echo.
    continues: answersCalls(behindLastAnswer(said.messages)),
  });
  try {
    const turns = (await store.newestTurns(ref, window.wants, signal)) ?? [];
    call.record.storedTurns = turns.length;
    if (window.isTrimmed) call.reply.announce({ 'x-gateway-history-trimmed': 'true' });
    return { turns, isTrimmed: window.isTrimmed };
  } catch (error) {
    if (call.signal.aborted || isGatewayError(error)) throw error;
    throw new GatewayError(
      'history-unavailable',
      'The chat history cannot be read just now, so nothing was asked of the model. Try again shortly.',
      { cause: error },
    );
  }
}

/** What a model has left for what was said before. */
function freeTokens({ messages, prompt }: Said, request: JsonObject, readsAtMost = UNKNOWN_CONTEXT_TOKENS): number {
  const size = measureRequest({ ...request, prompt, messages: behindLastAnswer(messages) });
  const answer = size.maxOutputTokens ?? Math.min(ANSWER_TOKENS, Math.floor(readsAtMost / 4));
  return Math.max(0, readsAtMost - inputTokensOf(size) - answer);
}

/** Every turn has the system prompt that held for it; the model reads that of the newest alone, and only if none is sent. */
function tokensOfTurns(said: Said): (turn: Turn) => number {
  let isSystemCounted = said.system !== undefined;
  return ({ system, messages, answer }) => {
    const counted = isSystemCounted ? { messages, answer } : { system, messages, answer };
    isSystemCounted = true;
    return inputTokensOf(measureRequest(counted));
  };
}

/** Everything in front of the caller's own messages, in Converse's words. */
export function converseBefore({ prefix, stored, alone }: Conversation): readonly ConverseMessage[] {
  return [...prefix, ...converseMessages(stored), ...alone];
}

export function asApiMessages(messages: readonly ConverseMessage[]): readonly ApiMessage[] {
  return messages.map((message) => ({ api: 'converse', message }));
}
