import type { ConverseToolConfig, LitellmCacheControl, LitellmTool, LitellmToolChoice } from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { withoutUndefined } from '../json.ts';
import { cacheControl } from './messages.ts';

type MarkedTool = LitellmTool & { cache_control?: LitellmCacheControl };

/** `toolConfig` as OpenAI's tools and choice; names and schemas have the same form on both sides. */
export function toolsToOpenai(
  config: ConverseToolConfig | undefined,
  dropped: DroppedParams,
): { readonly tools?: readonly LitellmTool[]; readonly tool_choice?: LitellmToolChoice } {
  if (config === undefined) return {};
  const tools: MarkedTool[] = [];
  for (const tool of config.tools) {
    if ('toolSpec' in tool) {
      const { name, description, inputSchema, strict } = tool.toolSpec;
      const definition = withoutUndefined({ name, description, parameters: inputSchema.json, strict });
      tools.push({ type: 'function', function: definition });
    } else if ('cachePoint' in tool) {
      const last = tools.at(-1);
      if (last === undefined) dropped.add('cachePoint');
      else last.cache_control = cacheControl(tool);
    }
  }
  return withoutUndefined({ tools, tool_choice: choice(config) });
}

function choice({ toolChoice }: ConverseToolConfig): LitellmToolChoice | undefined {
  if (toolChoice === undefined) return undefined;
  if ('auto' in toolChoice) return 'auto';
  if ('any' in toolChoice) return 'required';
  return { type: 'function', function: { name: toolChoice.tool.name } };
}
