import type { ConverseContentBlock, ConverseMessage } from '@genai-gateway/protocol';
import type { ToolNames } from '../tools/tool-names.ts';

/**
 * An answer as its caller knows it, and as it is to be stored: with the names that the caller has for its tools, because
 * another request has other names to tell apart; and with text in place of the call of `jsonTool`, which the caller never
 * made known. `toolNames` and `jsonTool` are those of `openaiToConverse`. The same message where nothing is to be changed.
 */
export function withCallerToolNames(
  message: ConverseMessage,
  toolNames: ToolNames,
  jsonTool?: string | undefined,
): ConverseMessage {
  const isJson = (block: ConverseContentBlock): boolean => 'toolUse' in block && block.toolUse.name === jsonTool;
  const answersInJson = jsonTool !== undefined && message.content.some(isJson);
  if (toolNames.size === 0 && !answersInJson) return message;
  const answer = message.content.find(isJson);
  const content = message.content.flatMap((block): readonly ConverseContentBlock[] => {
    // What a model says beside its answer in JSON, and a second answer, are not part of what the caller got.
    if (answersInJson && 'text' in block) return [];
    if (!('toolUse' in block)) return [block];
    if (isJson(block)) return block === answer ? [{ text: JSON.stringify(block.toolUse.input) }] : [];
    const name = toolNames.get(block.toolUse.name);
    return [name === undefined ? block : { toolUse: { ...block.toolUse, name } }];
  });
  return { ...message, content };
}
