import type { JsonValue } from '../json.ts';

/**
 * The body of `POST /v1/embeddings`, by OpenAI's own fields and by those of Bedrock's models that callers may add.
 * Source: https://platform.openai.com/docs/api-reference/embeddings (read 2026-11-23, by the `openai` package).
 */
export interface OpenaiEmbeddingRequest extends OpenaiEmbeddingFields, BedrockEmbeddingFields {}

/** What OpenAI itself takes. */
export interface OpenaiEmbeddingFields {
  readonly model: string;
  /** A text, a list of texts, or one or many lists of OpenAI's token numbers. */
  readonly input: JsonValue;
  readonly dimensions?: number | null;
  /** `base64`: the numbers as little-endian 32-bit floats, which is what OpenAI's own clients ask for. */
  readonly encoding_format?: 'float' | 'base64' | null;
  readonly user?: string | null;
}

/** What OpenAI has no word for; a client sends them as further fields (`extra_body`). */
export interface BedrockEmbeddingFields {
  /** What the vectors are for; a model that makes no difference does not see it. */
  readonly input_type?: EmbeddingPurpose | null;
  /** What becomes of a text that is too long: refused (`NONE`), or cut off at this end. */
  readonly truncate?: 'NONE' | 'START' | 'END' | null;
  /** Whether vectors have the length 1, for a model that leaves the choice. */
  readonly normalize?: boolean | null;
}

export type EmbeddingPurpose = 'search_document' | 'search_query' | 'classification' | 'clustering';

/** The answer of `POST /v1/embeddings`. */
export interface OpenaiEmbeddingReply {
  readonly object: 'list';
  /** In the order of the inputs. */
  readonly data: readonly OpenaiEmbedding[];
  readonly model: string;
  readonly usage: OpenaiEmbeddingUsage;
}

export interface OpenaiEmbedding {
  readonly object: 'embedding';
  readonly index: number;
  /** Numbers, or base64 of them where that was asked for. */
  readonly embedding: readonly number[] | string;
}

export interface OpenaiEmbeddingUsage {
  readonly prompt_tokens: number;
  readonly total_tokens: number;
}
