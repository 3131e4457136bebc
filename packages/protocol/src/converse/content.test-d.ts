import type * as sdk from '@aws-sdk/client-bedrock-runtime';
import { describe, expectTypeOf, test } from 'vitest';
import type { Differing, Field, Item, Named } from '../type-keys.ts';
import type { ConverseCitation, ConverseCitationLocation } from './citations.ts';
import type { ConverseContentBlock, ConverseToolReference, ConverseToolResultContent } from './content.ts';
import type { ConverseGuardContent, ConverseGuardQualifier } from './guardrail.ts';
import type {
  ConverseAudioFormat,
  ConverseBytesOrS3,
  ConverseDocument,
  ConverseDocumentFormat,
  ConverseDocumentSource,
  ConverseImageFormat,
  ConverseS3Location,
  ConverseVideoFormat,
} from './media.ts';

type Ours<Kind extends string> = Field<ConverseContentBlock, Kind>;
type Theirs<Kind extends string> = Field<sdk.ContentBlock, Kind>;

describe('our keys are those of the SDK, both ways', () => {
  test('every kind of block, and every block', () => {
    expectTypeOf<Differing<ConverseContentBlock, sdk.ContentBlock>>().toBeNever();
    expectTypeOf<Differing<Ours<'image'>, Theirs<'image'>>>().toBeNever();
    expectTypeOf<Differing<Ours<'document'>, Theirs<'document'>>>().toBeNever();
    expectTypeOf<Differing<Ours<'video'>, Theirs<'video'>>>().toBeNever();
    expectTypeOf<Differing<Ours<'audio'>, Theirs<'audio'>>>().toBeNever();
    expectTypeOf<Differing<Ours<'toolUse'>, Theirs<'toolUse'>>>().toBeNever();
    expectTypeOf<Differing<Ours<'toolResult'>, Theirs<'toolResult'>>>().toBeNever();
    expectTypeOf<Differing<Ours<'guardContent'>, Theirs<'guardContent'>>>().toBeNever();
    expectTypeOf<Differing<Ours<'reasoningContent'>, Theirs<'reasoningContent'>>>().toBeNever();
    expectTypeOf<Differing<Ours<'citationsContent'>, Theirs<'citationsContent'>>>().toBeNever();
    expectTypeOf<Differing<Ours<'searchResult'>, Theirs<'searchResult'>>>().toBeNever();
    expectTypeOf<Differing<Ours<'cachePoint'>, Theirs<'cachePoint'>>>().toBeNever();
    expectTypeOf<Differing<Ours<'toolAddition'>, Theirs<'toolAddition'>>>().toBeNever();
    expectTypeOf<Differing<Ours<'toolRemoval'>, Theirs<'toolRemoval'>>>().toBeNever();
  });

  test('what a tool result holds', () => {
    expectTypeOf<Differing<ConverseToolResultContent, sdk.ToolResultContentBlock>>().toBeNever();
  });

  test('what blocks are made of', () => {
    expectTypeOf<Differing<ConverseBytesOrS3, sdk.ImageSource>>().toBeNever();
    expectTypeOf<Differing<ConverseBytesOrS3, sdk.VideoSource>>().toBeNever();
    expectTypeOf<Differing<ConverseBytesOrS3, sdk.AudioSource>>().toBeNever();
    expectTypeOf<Differing<ConverseS3Location, sdk.S3Location>>().toBeNever();
    expectTypeOf<Differing<Field<Ours<'image'>, 'error'>, sdk.ErrorBlock>>().toBeNever();
    expectTypeOf<Differing<ConverseDocumentSource, sdk.DocumentSource>>().toBeNever();
    expectTypeOf<Differing<Item<ConverseDocumentSource, 'content'>, sdk.DocumentContentBlock>>().toBeNever();
    expectTypeOf<Differing<Field<ConverseDocument, 'citations'>, sdk.CitationsConfig>>().toBeNever();
    expectTypeOf<Differing<Field<Ours<'reasoningContent'>, 'reasoningText'>, sdk.ReasoningTextBlock>>().toBeNever();
    expectTypeOf<Differing<Field<ConverseGuardContent, 'text'>, sdk.GuardrailConverseTextBlock>>().toBeNever();
    expectTypeOf<Differing<Field<ConverseGuardContent, 'image'>, sdk.GuardrailConverseImageBlock>>().toBeNever();
    expectTypeOf<Differing<Item<Ours<'searchResult'>, 'content'>, sdk.SearchResultContentBlock>>().toBeNever();
    expectTypeOf<Differing<ConverseToolReference, sdk.ToolReference>>().toBeNever();
  });

  test('citations', () => {
    expectTypeOf<Differing<Item<Ours<'citationsContent'>, 'content'>, sdk.CitationGeneratedContent>>().toBeNever();
    expectTypeOf<Differing<ConverseCitation, sdk.Citation>>().toBeNever();
    expectTypeOf<Differing<Item<ConverseCitation, 'sourceContent'>, sdk.CitationSourceContent>>().toBeNever();
    expectTypeOf<Differing<ConverseCitationLocation, sdk.CitationLocation>>().toBeNever();
    expectTypeOf<Differing<Field<ConverseCitationLocation, 'web'>, sdk.WebLocation>>().toBeNever();
    expectTypeOf<Differing<Field<ConverseCitationLocation, 'documentChar'>, sdk.DocumentCharLocation>>().toBeNever();
    expectTypeOf<Differing<Field<ConverseCitationLocation, 'documentPage'>, sdk.DocumentPageLocation>>().toBeNever();
    expectTypeOf<Differing<Field<ConverseCitationLocation, 'documentChunk'>, sdk.DocumentChunkLocation>>().toBeNever();
    expectTypeOf<
      Differing<Field<ConverseCitationLocation, 'searchResultLocation'>, sdk.SearchResultLocation>
    >().toBeNever();
  });
});

test('the values that we name are those of the SDK', () => {
  expectTypeOf<ConverseImageFormat>().toEqualTypeOf<sdk.ImageFormat>();
  expectTypeOf<ConverseDocumentFormat>().toEqualTypeOf<sdk.DocumentFormat>();
  expectTypeOf<ConverseVideoFormat>().toEqualTypeOf<sdk.VideoFormat>();
  expectTypeOf<ConverseAudioFormat>().toEqualTypeOf<sdk.AudioFormat>();
  expectTypeOf<ConverseGuardQualifier>().toEqualTypeOf<sdk.GuardrailConverseContentQualifier>();
  expectTypeOf<
    Named<Field<ConverseGuardContent, 'image'>['format']>
  >().toEqualTypeOf<sdk.GuardrailConverseImageFormat>();
  expectTypeOf<Named<Field<Ours<'toolResult'>, 'status'>>>().toEqualTypeOf<sdk.ToolResultStatus>();
  expectTypeOf<Named<Field<Ours<'toolUse'>, 'type'>>>().toEqualTypeOf<sdk.ToolUseType>();
  expectTypeOf<Named<Field<Ours<'cachePoint'>, 'ttl'>>>().toEqualTypeOf<sdk.CacheTTL>();
  expectTypeOf<Ours<'cachePoint'>['type']>().toEqualTypeOf<sdk.CachePointType>();
});

test('the check sees a key that one of the two has not', () => {
  expectTypeOf<Differing<{ format: string; name: string }, sdk.VideoBlock>>().toEqualTypeOf<'name' | 'source'>();
});
