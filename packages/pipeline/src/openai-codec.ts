import { type OpenaiChunk, SSE_DONE, SSE_HEARTBEAT } from '@genai-gateway/protocol';
import type { ConverseToOpenaiStream } from '@genai-gateway/translate';
import { TranslatedCodec } from './translated-codec.ts';

/**
 * A delta that is text alone, as Bedrock writes it, and whose text JSON writes as it is: nothing has to be read of it, or
 * written anew. Nearly all frames of a stream are such.
 */
const PLAIN_TEXT =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON has them only escaped
  /^\{"contentBlockIndex":(0|[1-9]\d{0,8}),"delta":\{"text":"([^"\\\u0000-\u001f]+)"\}(?:,"p":"[a-zA-Z0-9]*")?\}$/;
const TEXT_END = '"},"finish_reason":null}]}\n\n';

/** ConverseStream frames in, OpenAI's server-sent events out. */
export class OpenaiStreamCodec extends TranslatedCodec<OpenaiChunk, ConverseToOpenaiStream> {
  readonly heartbeat = SSE_HEARTBEAT;
  #head: string | undefined;
  /** The beginning of a chunk that is text alone; there is one chunk before it, with the role. */
  #textHead = '';

  protected override written(eventType: string, json: string): string {
    if (eventType !== 'contentBlockDelta' || this.listener !== undefined) return super.written(eventType, json);
    const [, index, words = ''] = PLAIN_TEXT.exec(json) ?? [];
    const isPlain = index !== undefined && this.stream.pushText(Number(index), words);
    return isPlain ? this.#textHead + words + TEXT_END : super.written(eventType, json);
  }

  protected override last(): string {
    return super.last() + SSE_DONE;
  }

  /**
   * `sseData(chunk)`, with the part that all chunks of a stream share written only once: it is half of
   * a chunk, and there is one for every few letters. A type test holds the list of fields.
   */
  protected override sse(chunk: OpenaiChunk): string {
    const { choices, usage, service_tier, trace } = chunk;
    const head = this.#head ?? this.#firstHead(chunk);
    const isPlain = usage === undefined && service_tier === undefined && trace === undefined;
    const end = isPlain ? '}\n\n' : `,${JSON.stringify({ usage, service_tier, trace }).slice(1)}\n\n`;
    return head + JSON.stringify(choices) + end;
  }

  /** The first chunk tells the session too. */
  #firstHead({ id, object, created, model }: OpenaiChunk): string {
    const shared = JSON.stringify({ id, object, created, model }).slice(0, -1);
    this.#head = `data: ${shared},"choices":`;
    this.#textHead = `${this.#head}[{"index":0,"delta":{"content":"`;
    const { sessionId } = this.record;
    return sessionId === undefined
      ? this.#head
      : `data: ${shared},"session_id":${JSON.stringify(sessionId)},"choices":`;
  }
}
