import { type ClaudeBlock, claudeProblem } from '../claude/claude-rules.ts';
import type { ClaudeTraits } from '../claude/claude-traits.ts';
import { invalid } from '../errors.ts';
import { type JsonObject, type JsonValue, objectOf, stringOf } from '../json.ts';
import type { Block, Turn } from './converse-request.ts';

/** What Claude itself checks of a Converse body. Throws ValidationException, as Converse hands on a model's refusal. */
export function checkClaude(body: JsonObject, turns: readonly Turn[], traits: ClaudeTraits): void {
  const { maxTokens, temperature, topP } = objectOf(body['inferenceConfig']);
  const fields = objectOf(body['additionalModelRequestFields']);
  const choice = objectOf(objectOf(body['toolConfig'])['toolChoice']);
  const problem = claudeProblem(
    {
      turns: turns.map(({ role, blocks }) => ({ role, blocks: blocks.filter(isSaid).map(blockOf) })),
      thinking: objectOf(fields['thinking']),
      maxTokens: numberOf(maxTokens),
      temperature: numberOf(temperature) ?? numberOf(fields['temperature']),
      topP: numberOf(topP) ?? numberOf(fields['top_p']),
      topK: numberOf(fields['top_k']),
      forcesTool: choice['any'] !== undefined || choice['tool'] !== undefined,
    },
    traits,
  );
  if (problem !== undefined) throw invalid(`The model returned the following errors: ${problem}`);
}

/** A cache point is a mark on the block before it, for the model. */
function isSaid({ kind }: Block): boolean {
  return kind !== 'cachePoint';
}

function blockOf({ kind, value }: Block): ClaudeBlock {
  switch (kind) {
    case 'text':
      return { kind: 'text', name: 'text', text: stringOf(value) ?? '' };
    case 'toolUse':
      return { kind: 'tool-use', name: 'tool_use' };
    case 'toolResult':
      return { kind: 'tool-result', name: 'tool_result' };
    case 'reasoningContent':
      return reasoningOf(objectOf(value));
    default:
      return { kind: 'other', name: kind };
  }
}

function reasoningOf({ reasoningText, redactedContent }: JsonObject): ClaudeBlock {
  if (redactedContent !== undefined) {
    return { kind: 'redacted', name: 'redacted_thinking', data: stringOf(redactedContent) ?? '' };
  }
  const { text, signature } = objectOf(reasoningText);
  return { kind: 'thinking', name: 'thinking', text: stringOf(text) ?? '', signature: stringOf(signature) };
}

function numberOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
