import { type JsonObject, objectOf, stringOf } from '../json.ts';
import { isRedacted, signatureOf } from '../reply/signature.ts';
import type { ClaudeTraits } from './claude-traits.ts';

/** A content block, in the words of neither API. */
export interface ClaudeBlock {
  readonly kind: 'text' | 'thinking' | 'redacted' | 'tool-use' | 'tool-result' | 'other';
  /** The word the API has for it. */
  readonly name: string;
  /** Of text and thinking. */
  readonly text?: string;
  /** Of thinking; undefined: it has none. */
  readonly signature?: string | undefined;
  /** Of redacted thinking, in base64. */
  readonly data?: string;
}

interface ClaudeTurn {
  readonly role: string;
  readonly blocks: readonly ClaudeBlock[];
}

/** What the model itself checks, whichever API it is called by. */
export interface ClaudeCall {
  readonly turns: readonly ClaudeTurn[];
  /** `thinking` as Messages has it. */
  readonly thinking: JsonObject;
  readonly maxTokens: number | undefined;
  readonly temperature: number | undefined;
  readonly topP: number | undefined;
  readonly topK: number | undefined;
  /** Whether the choice of tools is `any` or `tool`. */
  readonly forcesTool: boolean;
}

const LEAST_BUDGET = 1024;
const LEAST_TOP_P = 0.95;

/**
 * What is wrong with a call of Claude, in the model's words; undefined: nothing.
 * Sources: https://docs.claude.com/en/docs/build-with-claude/extended-thinking (as of 2026-11-22), and the messages
 * that callers quote in the issues of LiteLLM and the Vercel AI SDK.
 */
export function claudeProblem(call: ClaudeCall, traits: ClaudeTraits): string | undefined {
  return (
    samplerProblem(call, traits) ??
    thinkingProblem(call, traits) ??
    toolProblem(call, traits) ??
    endProblem(call, traits) ??
    blockProblem(call)
  );
}

function thinks({ thinking }: ClaudeCall): boolean {
  return thinking['type'] === 'enabled' || thinking['type'] === 'adaptive';
}

function samplerProblem({ temperature, topP, topK }: ClaudeCall, traits: ClaudeTraits): string | undefined {
  if (traits.samplers === 'none') {
    const given = Object.entries({ temperature, top_p: topP, top_k: topK }).find(([, value]) => value !== undefined);
    if (given !== undefined) return `\`${given[0]}\` is deprecated for this model.`;
  }
  if (traits.samplers === 'one' && temperature !== undefined && topP !== undefined) {
    return '`temperature` and `top_p` cannot both be specified for this model. Please use only one.';
  }
  return undefined;
}

function thinkingProblem(call: ClaudeCall, traits: ClaudeTraits): string | undefined {
  const { type, budget_tokens: budget } = call.thinking;
  if (!thinks(call)) return undefined;
  if (traits.thinking === 'none') return 'thinking: Extra inputs are not permitted';
  if (type === 'adaptive' && traits.thinking === 'budget') return 'adaptive thinking is not supported on this model';
  if (type === 'enabled' && traits.thinking === 'adaptive') {
    return '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.';
  }
  if (type === 'enabled') {
    if (typeof budget !== 'number') return 'thinking.enabled.budget_tokens: Field required';
    if (budget < LEAST_BUDGET) {
      return `thinking.enabled.budget_tokens: Input should be greater than or equal to ${LEAST_BUDGET}`;
    }
    if (call.maxTokens !== undefined && call.maxTokens <= budget) {
      return '`max_tokens` must be greater than `thinking.budget_tokens`.';
    }
  }
  if (call.forcesTool) return 'Thinking may not be enabled when tool_choice forces tool use.';
  if (call.temperature !== undefined && call.temperature !== 1) {
    return '`temperature` may only be set to 1 when thinking is enabled.';
  }
  if (call.topP !== undefined && call.topP < LEAST_TOP_P) {
    return `\`top_p\` must be greater than or equal to ${LEAST_TOP_P} or unset when thinking is enabled.`;
  }
  return call.topK === undefined ? undefined : '`top_k` must be unset when thinking is enabled.';
}

function toolProblem(call: ClaudeCall, traits: ClaudeTraits): string | undefined {
  return call.forcesTool && !traits.takesForcedTool ? 'This model does not support forced tool use.' : undefined;
}

function endProblem({ turns }: ClaudeCall, traits: ClaudeTraits): string | undefined {
  const last = turns.at(-1);
  if (last?.role !== 'assistant') return undefined;
  if (!traits.takesPrefill) {
    return 'This model does not support assistant message prefill. The conversation must end with a user message.';
  }
  const end = last.blocks.at(-1)?.text;
  return end !== undefined && end !== end.trimEnd()
    ? 'messages: final assistant content cannot end with trailing whitespace'
    : undefined;
}

function blockProblem(call: ClaudeCall): string | undefined {
  for (const [at, { role, blocks }] of call.turns.entries()) {
    for (const [inner, block] of blocks.entries()) {
      const place = `messages.${at}.content.${inner}`;
      if (block.kind === 'thinking' && block.signature === undefined) {
        return `${place}.thinking.signature: Field required`;
      }
      if (block.kind === 'thinking' && block.signature !== signatureOf(block.text ?? '')) {
        return `${place}: Invalid \`signature\` in \`thinking\` block`;
      }
      if (block.kind === 'redacted' && !isRedacted(block.data ?? '')) {
        return `${place}: Invalid \`data\` in \`redacted_thinking\` block`;
      }
    }
    const last = blocks.at(-1)?.kind;
    if (role === 'assistant' && (last === 'thinking' || last === 'redacted')) {
      return `messages.${at}: The final block in an assistant message cannot be \`thinking\`.`;
    }
  }
  return thinks(call) && call.thinking['type'] === 'enabled' ? openLoopProblem(call.turns) : undefined;
}

/** While tools are at work, the first message that called one has to begin with the thoughts that led there. */
function openLoopProblem(turns: readonly ClaudeTurn[]): string | undefined {
  const isOpen = turns.at(-1)?.blocks.some(({ kind }) => kind === 'tool-result') ?? false;
  const asked = turns.findLastIndex(
    ({ role, blocks }) => role === 'user' && blocks.every(({ kind }) => kind !== 'tool-result'),
  );
  const at = turns.findIndex(({ role }, index) => isOpen && index > asked && role === 'assistant');
  const first = turns[at]?.blocks[0];
  if (first === undefined || first.kind === 'thinking' || first.kind === 'redacted') return undefined;
  return (
    `messages.${at}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${first.name}\`. When ` +
    '`thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set ' +
    'of `tool_use` and `tool_result` blocks). We recommend you include thinking blocks from previous turns. To avoid ' +
    'this requirement, disable `thinking`.'
  );
}

/** A block of Messages. */
export function claudeBlock(value: unknown): ClaudeBlock {
  const block = objectOf(value);
  const name = stringOf(block['type']) ?? '';
  switch (name) {
    case 'text':
      return { kind: 'text', name, text: stringOf(block['text']) ?? '' };
    case 'thinking':
      return {
        kind: 'thinking',
        name,
        text: stringOf(block['thinking']) ?? '',
        signature: stringOf(block['signature']),
      };
    case 'redacted_thinking':
      return { kind: 'redacted', name, data: stringOf(block['data']) ?? '' };
    case 'tool_use':
      return { kind: 'tool-use', name };
    case 'tool_result':
      return { kind: 'tool-result', name };
    default:
      return { kind: 'other', name };
  }
}
