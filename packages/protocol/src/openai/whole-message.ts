import type { LitellmAssistantMessage } from '../litellm/chat.ts';
import { addText, isObject, listOf, objectOf } from '../object.ts';
import { isBlank } from '../taken-back.ts';
import { ThinkingDraft, wholeThinking } from './thinking-draft.ts';
import { ToolCallsDraft } from './tool-calls-draft.ts';

/** An id for a call that came without one; `position` is the call's among the calls of the answer, from 0. */
export type MadeToolCallId = (position: number) => string;

/**
 * The first choice of one stream of chat completions, OpenAI's or LiteLLM's, as the message that one would send back. One
 * per call. It never throws: what it does not know it passes over, so whoever asks has to know by himself whether the
 * stream was whole.
 *
 * Left out is what no API takes back or is better not sent: annotations and `provider_specific_fields`, which strict
 * providers refuse (a signature of Gemini's calls stands in their ids too); audio, which OpenAI forgets after a while, so
 * that its transcript is kept instead; the older `function_call`, which the gateway refuses in requests.
 * Source: litellm 1.106.2, types/utils.py `Delta` and `Message`, litellm_core_utils/prompt_templates/factory.py
 * `get_thought_signature_from_tool`, common_utils.py `LITELLM_INTERNAL_MESSAGE_FIELDS`; the `openai` package,
 * `ChatCompletionAssistantMessageParam` (read 2026-11-23).
 */
export class OpenaiMessageBuilder {
  readonly #draft: AnswerDraft;
  readonly #thinking = new ThinkingDraft();

  constructor(madeToolCallId: MadeToolCallId) {
    this.#draft = new AnswerDraft(madeToolCallId);
  }

  /** Takes the parsed data of any event but `[DONE]`. */
  push(chunk: unknown): void {
    const choices = listOf(objectOf(chunk)['choices']).map(objectOf);
    const delta = objectOf(choices.find(({ index }) => (index ?? 0) === 0)?.['delta']);
    this.#draft.add(delta);
    this.#thinking.add(delta['thinking_blocks']);
  }

  /** What has come so far; undefined: nothing that could be sent back. */
  message(): LitellmAssistantMessage | undefined {
    return this.#draft.message(this.#thinking.blocks);
  }
}

/**
 * The answer in a whole chat completion (`choices[0].message`), as the message that one would send back, with the same
 * left out as in a stream; undefined: there is none, or nothing that could be sent back.
 */
export function openaiAnswerOf(
  completion: unknown,
  madeToolCallId: MadeToolCallId,
): LitellmAssistantMessage | undefined {
  const message = objectOf(objectOf(listOf(objectOf(completion)['choices'])[0])['message']);
  const draft = new AnswerDraft(madeToolCallId);
  draft.add(message);
  return draft.message(wholeThinking(message['thinking_blocks']));
}

/** What has come of an answer, but for its thinking blocks: a message is read here as one large delta. */
class AnswerDraft {
  readonly #content: string[] = [];
  readonly #transcript: string[] = [];
  readonly #refusal: string[] = [];
  readonly #reasoning: string[] = [];
  readonly #images: { readonly type: 'image_url'; readonly image_url: { readonly url: string } }[] = [];
  readonly #calls: ToolCallsDraft;

  constructor(madeToolCallId: MadeToolCallId) {
    this.#calls = new ToolCallsDraft(madeToolCallId);
  }

  add(delta: Readonly<Record<string, unknown>>): void {
    addText(this.#content, delta['content']);
    addText(this.#transcript, objectOf(delta['audio'])['transcript']);
    addText(this.#refusal, delta['refusal']);
    addText(this.#reasoning, delta['reasoning_content']);
    this.#calls.add(listOf(delta['tool_calls']));
    for (const image of listOf(delta['images']).filter(isObject)) {
      const { url } = objectOf(image['image_url']);
      if (typeof url === 'string') this.#images.push({ type: 'image_url', image_url: { url } });
    }
  }

  message(thinking: NonNullable<LitellmAssistantMessage['thinking_blocks']>): LitellmAssistantMessage | undefined {
    const text = [this.#content, this.#transcript].map((pieces) => pieces.join('')).find((it) => !isBlank(it));
    const refusal = this.#refusal.join('');
    const reasoning = this.#reasoning.join('');
    const calls = this.#calls.calls();
    const parts = {
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
      ...(isBlank(refusal) ? {} : { refusal }),
      ...(thinking.length === 0 ? {} : { thinking_blocks: thinking }),
      ...(isBlank(reasoning) ? {} : { reasoning_content: reasoning }),
      ...(this.#images.length === 0 ? {} : { images: this.#images }),
    };
    if (text === undefined && Object.keys(parts).length === 0) return undefined;
    // OpenAI takes no content at all beside calls or a refusal only.
    const nothing = calls.length > 0 || !isBlank(refusal) ? null : '';
    return { role: 'assistant', content: text ?? nothing, ...parts };
  }
}
