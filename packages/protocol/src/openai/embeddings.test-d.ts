import type OpenAI from 'openai';
import { expectTypeOf, test } from 'vitest';
import type { Differing, Item } from '../type-keys.ts';
import type {
  OpenaiEmbedding,
  OpenaiEmbeddingFields,
  OpenaiEmbeddingReply,
  OpenaiEmbeddingUsage,
} from './embeddings.ts';

test('embeddings have exactly the keys of the SDK', () => {
  expectTypeOf<Differing<OpenaiEmbeddingFields, OpenAI.EmbeddingCreateParams>>().toBeNever();
  expectTypeOf<Differing<OpenaiEmbeddingReply, OpenAI.CreateEmbeddingResponse>>().toBeNever();
  expectTypeOf<Differing<OpenaiEmbedding, OpenAI.Embedding>>().toBeNever();
  expectTypeOf<Differing<OpenaiEmbedding, Item<OpenAI.CreateEmbeddingResponse, 'data'>>>().toBeNever();
  expectTypeOf<Differing<OpenaiEmbeddingUsage, OpenAI.CreateEmbeddingResponse.Usage>>().toBeNever();
});
