import { type JsonObject, type JsonValue, listOf } from '../json.ts';
import type { PlannedReply, ReplyRequest } from '../reply/plan.ts';
import { type Directed, readDirectives } from '../script/directive.ts';
import type { Piece, StreamFormat } from './http/stream-sender.ts';

/** What the endpoints know besides the body. */
export interface Context {
  /** For the ids in the answer. Another one for each request: LiteLLM books a call under the id of its answer. */
  readonly id: string;
  readonly nowSeconds: number;
  /** Where this simulator is reached. */
  readonly url: string;
  /** The request's bytes as a short text, equal for equal requests. */
  readonly seed: string;
}

/** A checked request: what it asks, and what a planned reply looks like on the wire. */
export interface Answerable {
  readonly request: ReplyRequest;
  readonly directed: Directed;
  readonly streamed: boolean;
  answer(reply: PlannedReply): Answer;
}

export type Answer =
  | { readonly kind: 'json'; readonly body: JsonValue }
  | { readonly kind: 'text'; readonly body: string }
  | { readonly kind: 'pieces'; readonly format: StreamFormat; readonly pieces: Iterable<Piece> };

/** Checks a body and says what can be answered. Throws `OpenaiError`. */
export type Endpoint = (body: JsonObject, context: Context) => Answerable;

/** What a request without a conversation asks: its text may hold directives, nothing limits the reply. */
export function plainRequest(
  text: string,
  inputTokens: number,
  seed: string,
): Pick<Answerable, 'request' | 'directed'> {
  const directed = readDirectives(text);
  const request: ReplyRequest = {
    echoText: directed.text,
    inputTokens,
    seed,
    maxTokens: undefined,
    stopSequences: [],
    forcedTool: undefined,
    reasons: false,
  };
  return { request, directed };
}

/** `stop` as OpenAI takes it: one sequence or a list. */
export function stopSequencesOf(stop: JsonValue | undefined): readonly string[] {
  return (typeof stop === 'string' ? [stop] : listOf(stop)).filter((item) => typeof item === 'string');
}
