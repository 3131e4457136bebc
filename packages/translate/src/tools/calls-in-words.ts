import type { ConverseContentBlock, ConverseMessage, ConverseToolResultContent } from '@genai-gateway/protocol';

/**
 * For models that know no tools: what was called, and what came of it, in words. A conversation may have begun with another
 * model.
 */
export function callsInWords(messages: readonly ConverseMessage[]): readonly ConverseMessage[] {
  return messages.map((message) =>
    message.content.some(isOfTool) ? { ...message, content: message.content.flatMap(inWords) } : message,
  );
}

function isOfTool(block: ConverseContentBlock): boolean {
  return 'toolUse' in block || 'toolResult' in block;
}

function inWords(block: ConverseContentBlock): readonly ConverseContentBlock[] {
  if ('toolUse' in block) {
    const { name, input } = block.toolUse;
    return [{ text: `[Called ${name} with ${JSON.stringify(input)}]` }];
  }
  if (!('toolResult' in block)) return [block];
  const { content, status } = block.toolResult;
  const lead = status === 'error' ? '[The call failed:]' : '[The call gave:]';
  return [
    { text: lead },
    ...content.map((each: ConverseToolResultContent) => ('json' in each ? { text: JSON.stringify(each.json) } : each)),
  ];
}
