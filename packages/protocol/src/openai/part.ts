import type { JsonObject, Open } from '../json.ts';
import type { LitellmCacheControl } from '../litellm/chat.ts';

/**
 * Parts of a message's content: OpenAI's own, and those of others that their clients send. The kinds we know by name; a
 * caller may send others, so a `switch` over `type` needs a default.
 * Sources, read 2026-11-23: the `openai` package; litellm 1.106.2, types/llms/openai.py and
 * litellm_core_utils/prompt_templates/factory.py (video, documents, guarded text, thinking).
 */
export type OpenaiContentPart =
  | OpenaiTextPart
  | OpenaiRefusalPart
  | OpenaiImagePart
  | OpenaiAudioPart
  | OpenaiFilePart
  | OpenaiVideoPart
  | OpenaiDocumentPart
  | OpenaiSearchResultPart
  | OpenaiGuardedPart
  | OpenaiThinkingPart;

/** "Cache the prompt up to here", as LiteLLM and OpenAI write it. A call may carry it too. */
export interface OpenaiMarked {
  readonly cache_control?: LitellmCacheControl | null;
  readonly prompt_cache_breakpoint?: { readonly mode: Open<'explicit'>; readonly ttl?: string } | null;
}

export interface OpenaiTextPart extends OpenaiMarked {
  readonly type: 'text';
  readonly text: string;
}

export interface OpenaiRefusalPart extends OpenaiMarked {
  readonly type: 'refusal';
  readonly refusal: string;
}

/** `url` is a `data:` URI, base64 or an address. Some clients send it without the object around it. */
export interface OpenaiImagePart extends OpenaiMarked {
  readonly type: 'image_url';
  readonly image_url: { readonly url: string; readonly detail?: string | null };
}

/** `data` is base64. */
export interface OpenaiAudioPart extends OpenaiMarked {
  readonly type: 'input_audio';
  readonly input_audio: { readonly data: string; readonly format?: string };
}

/** `file_data` is a `data:` URI or base64; `file_id` stands for a file that was uploaded before. `format` is LiteLLM's: a media type. */
export interface OpenaiFilePart extends OpenaiMarked {
  readonly type: 'file';
  readonly file: {
    readonly file_data?: string;
    readonly file_id?: string;
    readonly filename?: string;
    readonly format?: string;
  };
}

/** `url` is a `data:` URI. */
export interface OpenaiVideoPart extends OpenaiMarked {
  readonly type: 'video_url' | 'input_video';
  readonly video_url?: { readonly url: string };
  readonly input_video?: { readonly data?: string; readonly url?: string; readonly format?: string };
}

/** Anthropic's document: a file in base64, a text, or a list of pieces to quote from. */
export interface OpenaiDocumentPart extends OpenaiMarked {
  readonly type: 'document';
  readonly source: JsonObject;
  readonly title?: string | null;
  readonly context?: string | null;
  readonly citations?: { readonly enabled?: boolean } | null;
}

/** Anthropic's search result, to quote from. */
export interface OpenaiSearchResultPart extends OpenaiMarked {
  readonly type: 'search_result';
  readonly source: string;
  readonly title: string;
  readonly content: readonly { readonly text: string }[];
  readonly citations?: { readonly enabled?: boolean } | null;
}

/** Text for a guardrail of Bedrock: what it looks at, or what its check of grounding compares. */
export interface OpenaiGuardedPart extends OpenaiMarked {
  readonly type: 'guarded_text' | 'grounding_source' | 'query';
  readonly text: string;
}

/** Thinking that stands in the content of an answer, as Anthropic has it. */
export interface OpenaiThinkingPart extends OpenaiMarked {
  readonly type: 'thinking' | 'redacted_thinking';
  readonly thinking?: string;
  readonly signature?: string | null;
  readonly data?: string;
}
