import type { OpenaiChunk } from '@genai-gateway/protocol';
import { expectTypeOf, test } from 'vitest';

test('OpenaiStreamCodec writes every field that a chunk can have', () => {
  expectTypeOf<keyof OpenaiChunk>().toEqualTypeOf<
    'id' | 'object' | 'created' | 'model' | 'choices' | 'usage' | 'service_tier' | 'trace'
  >();
});
