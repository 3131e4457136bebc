import type {
  ConverseToolResultBlock,
  ConverseToolUseBlock,
  LitellmPart,
  LitellmToolCall,
  LitellmToolMessage,
} from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { invalidRequest } from '../json.ts';
import { contentParts } from './content-parts.ts';
import { isPlainText } from './plain-text.ts';

/** Said before the result of a tool that failed: OpenAI's tool messages have no status. */
export const FAILED_TOOL_TEXT = 'The tool call failed.';

/** A call of a tool that the caller runs. Throws `invalid-request` for one that the provider ran. */
export function toolCall({ toolUse }: ConverseToolUseBlock, place: string): LitellmToolCall {
  if (toolUse.type !== undefined) throw providersTool(`${place}.toolUse.type`);
  const { toolUseId: id, name, input } = toolUse;
  return { id, type: 'function', function: { name, arguments: JSON.stringify(input) } };
}

/** A tool's result: its message, and the files of it, which no provider takes there and the user's message has to bring. */
export interface ToolAnswer {
  readonly message: LitellmToolMessage;
  readonly files: readonly LitellmPart[];
}

export function toolAnswer({ toolResult }: ConverseToolResultBlock, place: string, dropped: DroppedParams): ToolAnswer {
  if (toolResult.type !== undefined) throw providersTool(`${place}.toolResult.type`);
  const files: LitellmPart[] = [];
  const parts: LitellmPart[] = [];
  for (const [index, block] of toolResult.content.entries()) {
    for (const part of contentParts(block, `${place}.toolResult.content.${index}`, dropped)) {
      if (part.type !== 'file') {
        parts.push(part);
        continue;
      }
      files.push(part);
      parts.push({ type: 'text', text: `The file "${part.file.filename}" follows in the next message.` });
    }
  }
  if (toolResult.status === 'error') parts.unshift({ type: 'text', text: FAILED_TOOL_TEXT });
  const content = parts.every(isPlainText) ? parts.map(({ text }) => text).join('\n') : parts;
  return { message: { role: 'tool', tool_call_id: toolResult.toolUseId, content }, files };
}

function providersTool(param: string): Error {
  return invalidRequest(
    'Tools that the provider runs are not translated for this model. Leave out this call and its result.',
    param,
  );
}
