import {
  AnthropicMessageBuilder,
  type ApiMessage,
  anthropicAnswerOf,
  ConverseMessageBuilder,
  type ConverseReply,
  converseAnswerOf,
  OpenaiMessageBuilder,
  openaiAnswerOf,
  usageFromAnthropic,
  usageFromOpenai,
} from '@genai-gateway/protocol';
import { madeToolUseId, type ToolNames, withCallerToolNames } from '@genai-gateway/translate';
import type { CallRecord } from './call.ts';
import { jsonObject } from './json-object.ts';
import type { ConverseListener } from './native-codec.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Reads an answer of LiteLLM as it goes by, so that its turn can be kept. */
export interface AnswerReader {
  /** The data of one event of a stream. */
  event(data: string): void;
  /** A whole answer. */
  whole(body: Fields): void;
  /** What has come, as one would send it back; undefined while it is not whole, and where nothing came. */
  answer(): ApiMessage | undefined;
}

export class OpenaiAnswerReader implements AnswerReader {
  readonly #record: CallRecord;
  readonly #builder: OpenaiMessageBuilder;
  readonly #madeId: (position: number) => string;
  #answer: ApiMessage | undefined;
  #isWhole = false;

  constructor(record: CallRecord) {
    this.#record = record;
    this.#madeId = (position) => madeToolUseId(record.requestId, position);
    this.#builder = new OpenaiMessageBuilder(this.#madeId);
  }

  event(data: string): void {
    const chunk = jsonObject(data);
    if (chunk === undefined) return;
    if ('error' in chunk) this.#isWhole = false;
    this.#builder.push(chunk);
    this.#note(chunk);
  }

  whole(body: Fields): void {
    this.#note(body);
    const message = openaiAnswerOf(body, this.#madeId);
    if (message !== undefined) this.#answer = { api: 'openai', message };
  }

  answer(): ApiMessage | undefined {
    if (this.#answer !== undefined) return this.#answer;
    const message = this.#isWhole ? this.#builder.message() : undefined;
    return message === undefined ? undefined : { api: 'openai', message };
  }

  #note({ choices, usage }: Fields): void {
    const used = usageFromOpenai(usage);
    if (used !== undefined) this.#record.usage = used;
    const first: unknown = Array.isArray(choices) ? choices[0] : undefined;
    const reason = first !== null && typeof first === 'object' && 'finish_reason' in first ? first.finish_reason : null;
    if (typeof reason !== 'string') return;
    this.#record.stopReason = reason;
    this.#isWhole = true;
  }
}

export class AnthropicAnswerReader implements AnswerReader {
  readonly #record: CallRecord;
  readonly #builder = new AnthropicMessageBuilder();
  #answer: ApiMessage | undefined;

  constructor(record: CallRecord) {
    this.#record = record;
  }

  event(data: string): void {
    this.#builder.push(jsonObject(data));
    this.#note(this.#builder.stopReason);
    if (this.#builder.usage !== undefined) this.#record.usage = this.#builder.usage;
  }

  whole(body: Fields): void {
    this.#note(body['stop_reason']);
    const usage = usageFromAnthropic(body['usage']);
    if (usage !== undefined) this.#record.usage = usage;
    const message = anthropicAnswerOf(body);
    if (message !== undefined) this.#answer = { api: 'anthropic', message };
  }

  answer(): ApiMessage | undefined {
    if (this.#answer !== undefined) return this.#answer;
    const message = this.#builder.isComplete ? this.#builder.message() : undefined;
    return message === undefined ? undefined : { api: 'anthropic', message };
  }

  #note(stopReason: unknown): void {
    if (typeof stopReason === 'string') this.#record.stopReason = stopReason;
  }
}

/** The same for an answer in Converse's words, whose events are decoded already. */
export class ConverseAnswerReader implements ConverseListener {
  readonly #builder = new ConverseMessageBuilder();
  #reply: unknown;

  push(eventType: string, payload: unknown): void {
    this.#builder.push(eventType, payload);
  }

  /** A whole answer. */
  whole(reply: unknown): void {
    this.#reply = reply;
  }

  /** What has come, as one answer; undefined: nothing. A stream that was cut has what came of it. */
  answerAsReply({ usage, stopReason = 'end_turn' }: CallRecord): ConverseReply | undefined {
    if (this.#reply !== undefined) return this.#reply as ConverseReply;
    const message = this.#builder.message();
    if (message === undefined) return undefined;
    const { inputTokens, outputTokens } = usage ?? {};
    const isCounted = inputTokens !== undefined && outputTokens !== undefined;
    const counted = isCounted ? { usage: { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens } } : {};
    const { content } = message;
    return {
      output: { message: { role: 'assistant', content } },
      stopReason: stopReason as ConverseReply['stopReason'],
      ...counted,
    };
  }

  /**
   * What has come; undefined: nothing that could be sent back. `toolNames`: those that were changed for the model; `jsonTool`:
   * the tool whose input is the answer.
   */
  answer(toolNames?: ToolNames, jsonTool?: string): ApiMessage | undefined {
    const message = this.#reply === undefined ? this.#builder.message() : converseAnswerOf(this.#reply);
    if (message === undefined) return undefined;
    const known = toolNames === undefined ? message : withCallerToolNames(message, toolNames, jsonTool);
    return { api: 'converse', message: known };
  }
}
