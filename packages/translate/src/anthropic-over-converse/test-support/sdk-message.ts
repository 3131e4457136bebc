import { MessageStream } from '@anthropic-ai/sdk/lib/MessageStream';
import type { AnthropicReply, AnthropicStreamEvent } from '@genai-gateway/protocol';

/** What Anthropic's own SDK makes of the events of a stream. Rejects where it would throw at a caller. */
export async function sdkMessage(events: readonly AnthropicStreamEvent[]): Promise<AnthropicReply> {
  const lines = events.map((event) => `${JSON.stringify(event)}\n`).join('');
  const bytes = new Blob([lines]).stream();
  // The SDK has a place of its own for what it parsed.
  const { parsed_output: _parsed, ...message } = await MessageStream.fromReadableStream(bytes).finalMessage();
  return JSON.parse(JSON.stringify(message)) as AnthropicReply;
}
