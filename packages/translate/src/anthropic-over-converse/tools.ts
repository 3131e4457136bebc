import type {
  AnthropicRequest,
  AnthropicServerTool,
  AnthropicTool,
  AnthropicToolChoice,
  ConverseTool,
  OpenaiChatRequest,
} from '@genai-gateway/protocol';
import { DroppedParams } from '../dropped-params.ts';
import { invalidRequest } from '../json.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';
import { type ConverseTools, toolsToConverse as chosenTools, type ToolContext } from '../openai-over-converse/tools.ts';
import { pointOf } from '../prompt-caching/marks.ts';
import { ToolList } from '../tools/tool-list.ts';
import type { ToolNameMap } from '../tools/tool-names.ts';

/** The caller's tools. Throws `invalid-request` for tools that Anthropic defines or runs, and two different ones of one name. */
export function offeredTools(
  { tools }: AnthropicRequest,
  names: ToolNameMap,
  facts: ModelFacts,
  dropped: DroppedParams,
): readonly ConverseTool[] {
  const list = new ToolList(names, facts, dropped);
  for (const [index, tool] of (tools ?? []).entries()) {
    const place = `tools.${index}`;
    if (!isCustom(tool)) throw invalidRequest(toolRefusal(tool.type), `${place}.type`);
    nameWithoutEffect(tool, dropped);
    list.add(tool, 'input_schema', place, pointOf(tool));
  }
  return list.tools;
}

/**
 * tools and tool_choice in Converse's form. What becomes of a choice is the same for clients of all APIs.
 * Throws `invalid-request` for choices of what is not offered.
 */
export function toolsToConverse(
  request: AnthropicRequest,
  context: ToolContext,
  names: ToolNameMap,
  facts: ModelFacts,
  dropped: DroppedParams,
): ConverseTools {
  const { offered: own, promptTools } = context;
  const choice = request.tool_choice ?? undefined;
  if (choice?.type === 'tool') {
    const offered = own.length > 0 ? own : (promptTools?.tools ?? []);
    const isThere = offered.some((tool) => 'toolSpec' in tool && tool.toolSpec.name === names.upstream(choice.name));
    if (!isThere) throw invalidRequest('`tool_choice` names a tool that is not in `tools`.', 'tool_choice.name');
  }
  const lost = new DroppedParams();
  const tools = chosenTools(inOpenaisWords(own.length, choice), context, names, facts, lost);
  for (const name of lost.list()) {
    dropped.add(name === 'parallel_tool_calls' ? 'tool_choice.disable_parallel_tool_use' : name);
  }
  return tools;
}

/** What the shared function reads of a request. */
function inOpenaisWords(tools: number, choice: AnthropicToolChoice | undefined): OpenaiChatRequest {
  const isAlone = choice !== undefined && choice.type !== 'none' && choice.disable_parallel_tool_use === true;
  return {
    model: '',
    messages: [],
    tools: Array.from({ length: tools }, () => ({ type: 'function', function: { name: '' } })),
    ...(choice === undefined ? {} : { tool_choice: choiceToOpenai(choice) }),
    ...(isAlone ? { parallel_tool_calls: false } : {}),
  };
}

function choiceToOpenai(choice: AnthropicToolChoice): NonNullable<OpenaiChatRequest['tool_choice']> {
  if (choice.type === 'tool') return { type: 'function', function: { name: choice.name } };
  return choice.type === 'any' ? 'required' : choice.type;
}

/** A tool that is to be searched for is shown at once, and one with examples without them. */
function nameWithoutEffect(tool: AnthropicTool, dropped: DroppedParams): void {
  for (const field of ['defer_loading', 'eager_input_streaming', 'input_examples'] as const) {
    const value = tool[field];
    if (value === true || (Array.isArray(value) && value.length > 0)) dropped.add(`tools.${field}`);
  }
  const callers: unknown = tool.allowed_callers;
  if (Array.isArray(callers) && callers.some((caller) => caller !== 'direct')) dropped.add('tools.allowed_callers');
}

function isCustom(tool: AnthropicTool | AnthropicServerTool): tool is AnthropicTool {
  return (tool.type ?? 'custom') === 'custom';
}

/** Tools that run at the caller's and that Claude alone knows, by the beginning of their types. */
const clientTools = /^(?:bash|text_editor|computer|memory|browser)_/;

function toolRefusal(type: string): string {
  return clientTools.test(type)
    ? 'This tool is one that Claude knows by its type, and this model does not. Describe it as your own: a tool with `name`, `description` and `input_schema`.'
    : 'Tools that Anthropic runs by itself are not supported for this model. Offer a tool of your own with `name`, `description` and `input_schema`, and run its calls.';
}
