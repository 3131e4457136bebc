import type { ConverseMessage } from '@genai-gateway/protocol';
import type { ToolNames } from '../openai-over-converse/tool-names.ts';

/**
 * An answer with the names that the caller has for its tools, as it is to be stored: another request has other names to
 * tell apart. `toolNames` are those of `openaiToConverse`. The same message where none was changed.
 */
export function withCallerToolNames(message: ConverseMessage, toolNames: ToolNames): ConverseMessage {
  if (toolNames.size === 0) return message;
  const content = message.content.map((block) => {
    const name = 'toolUse' in block ? toolNames.get(block.toolUse.name) : undefined;
    return 'toolUse' in block && name !== undefined ? { toolUse: { ...block.toolUse, name } } : block;
  });
  return { ...message, content };
}
