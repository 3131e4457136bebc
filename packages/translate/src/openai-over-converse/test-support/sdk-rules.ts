import type { OpenaiChunk } from '@genai-gateway/protocol';
import { ChatCompletionStream } from 'openai/lib/ChatCompletionStream';
import { isRecord } from '../../json.ts';
import { firstDifference } from '../../test-support/vectors/first-difference.ts';
import { joinChunks } from './fold.ts';

/** What the accumulator of OpenAI's own SDK makes of a stream otherwise than we do, or than the whole answer says. */
export async function sdkViolations(chunks: readonly OpenaiChunk[], whole: unknown): Promise<readonly string[]> {
  if (chunks.length === 0) return [];
  const joined = joinChunks(chunks);
  const lines = chunks.map((chunk) => Buffer.from(`${JSON.stringify(chunk)}\n`));
  const sdk = await ChatCompletionStream.fromReadableStream(ReadableStream.from(lines)).finalMessage();
  const calls = (sdk.tool_calls ?? []).flatMap((call) => (call.type === 'function' ? [call] : []));
  const bySdk = {
    content: sdk.content ?? '',
    calls: calls.map(({ id, function: { name, arguments: json } }) => ({
      id,
      name,
      input: JSON.parse(json) as unknown,
    })),
  };
  const ours = { content: joined.content, calls: joined.toolCalls };
  const found = differ('by the SDK', bySdk, ours);
  const choices = isRecord(whole) ? whole['choices'] : undefined;
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  if (!isRecord(choice) || !isRecord(choice['message'])) return found;
  const { message, finish_reason: finish } = choice;
  const told = { content: message['content'] ?? '', reasoning: message['reasoning_content'] ?? '', finishes: [finish] };
  const { content, reasoning, finishes } = joined;
  return [...found, ...differ('the whole answer', told, { content, reasoning, finishes })];
}

function differ(what: string, actual: unknown, expected: unknown): string[] {
  const found = firstDifference(actual, expected);
  return found === undefined ? [] : [`${what}: ${found}`];
}
