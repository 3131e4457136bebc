import { type JsonRecord, recordsOf } from '../json.ts';

/**
 * Whether the model is to go on from the result of a tool, and nothing that it said since the user's last words comes with its
 * thinking: a model that is told to think by a budget refuses that. The first call is enough, because before a later one it may
 * not have thought at all. `messages`: as the model gets them, in Converse's words or in Anthropic's.
 */
export function lacksThinking(messages: readonly { readonly role: string; readonly content: unknown }[]): boolean {
  let isInLoop = false;
  /** Whether the turn that is being read has a result, or a call: messages of one side that stand together are one turn. */
  let isLinked = false;
  let wasAssistant = messages.at(-1)?.role === 'assistant';
  for (const { role, content } of messages.toReversed()) {
    const isAssistant = role === 'assistant';
    if (isAssistant !== wasAssistant) {
      if (!isLinked) break;
      isLinked = false;
      wasAssistant = isAssistant;
    }
    const blocks = recordsOf(content);
    if (isAssistant && blocks.some(isThought)) return false;
    isLinked ||= blocks.some(isAssistant ? isCall : isResult);
    isInLoop ||= isAssistant && isLinked;
  }
  return isInLoop;
}

function isThought(block: JsonRecord): boolean {
  return 'reasoningContent' in block || block['type'] === 'thinking' || block['type'] === 'redacted_thinking';
}

function isCall(block: JsonRecord): boolean {
  return 'toolUse' in block || block['type'] === 'tool_use';
}

function isResult(block: JsonRecord): boolean {
  return 'toolResult' in block || block['type'] === 'tool_result';
}
