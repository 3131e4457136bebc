import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openaiReplyToConverse } from './openai-reply-to-converse.ts';
import { messagesOf } from './test-support/translate.ts';

/** The thinking of an answer, when a client sends that answer back in the next turn. */
function replayed(message: object): unknown {
  const completion = { choices: [{ finish_reason: 'stop', message: { content: 'a', ...message } }] };
  const { output } = openaiReplyToConverse(completion, { requestId: 'r', latencyMs: 1 });
  const content = (output.message?.content ?? []).map((block) =>
    // An AWS SDK has bytes between the two.
    'reasoningContent' in block && 'redactedContent' in block.reasoningContent
      ? { reasoningContent: { redactedContent: sdkRoundTrip(block.reasoningContent.redactedContent) } }
      : block,
  );
  return messagesOf([
    { role: 'user', content: [{ text: 'Hi' }] },
    { role: 'assistant', content },
  ])[1];
}

function sdkRoundTrip(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  expect(bytes.toString('base64')).toBe(base64);
  return bytes.toString('base64');
}

test('thinking comes back to its provider as it was', () => {
  const signed = fc.record({
    type: fc.constant('thinking'),
    thinking: fc.string(),
    signature: fc.string({ minLength: 1 }),
  });
  const redacted = fc.record({
    type: fc.constant('redacted_thinking'),
    data: fc.oneof(
      fc.string({ minLength: 1 }),
      fc.base64String({ minLength: 4 }),
      fc.constant('litellm_encrypted_reasoning:é'),
    ),
  });
  fc.assert(
    fc.property(fc.array(fc.oneof(signed, redacted), { minLength: 1, maxLength: 4 }), (blocks) => {
      expect(replayed({ thinking_blocks: blocks })).toEqual({
        role: 'assistant',
        content: 'a',
        thinking_blocks: blocks,
      });
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('thinking without signature comes back as text', () => {
  expect(replayed({ reasoning_content: 'x' })).toStrictEqual({
    role: 'assistant',
    content: 'a',
    reasoning_content: 'x',
  });
});
