import { isDeepStrictEqual } from 'node:util';
import type {
  AnthropicRequest,
  AnthropicServerTool,
  AnthropicTool,
  ConverseTool,
  ConverseToolChoice,
  ConverseToolConfig,
  ConverseToolSpec,
  JsonObject,
} from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { invalidRequest } from '../json.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';
import type { ToolNameMap } from '../openai-over-converse/tool-names.ts';
import { parametersToSchema } from '../openai-over-converse/tool-schema.ts';
import { NO_TOOLS_NOTE, toolsOfHistory } from '../openai-over-converse/tools.ts';
import { cachePointOf } from './cache-points.ts';

export interface ConverseTools {
  readonly toolConfig?: ConverseToolConfig;
  /** Goes after the caller's system text. */
  readonly systemNote?: string;
  readonly additionalModelRequestFields?: JsonObject;
}

export interface ToolContext {
  readonly facts: ModelFacts;
  readonly names: ToolNameMap;
  readonly dropped: DroppedParams;
  /** The tools that the history names, by upstream name. */
  readonly usedNames: ReadonlySet<string>;
  /** What a managed prompt offers; in use where the request offers nothing. */
  readonly promptTools: ConverseToolConfig | undefined;
  /** The model thinks, and takes no choice that forces a call beside it. */
  readonly thinks: boolean;
}

/**
 * tools and tool_choice in Converse's form. Bedrock refuses tool blocks without a toolConfig, so one is built from the names in
 * the history where nobody offers tools.
 * Throws `invalid-request` for tools that Anthropic defines or runs, and for choices of what is not offered.
 */
export function toolsToConverse(request: AnthropicRequest, context: ToolContext): ConverseTools {
  const { facts, usedNames, promptTools, dropped } = context;
  const own = ownTools(request.tools ?? [], context);
  if (own.length > 0 && !facts.tools) {
    throw invalidRequest('This model takes no tools; leave `tools` out, or call another model.', 'tools');
  }
  const offered = own.length > 0 ? own : (promptTools?.tools ?? []);
  const choice = request.tool_choice ?? undefined;
  if (choice?.type === 'none' || offered.length === 0) {
    if (choice?.type === 'any' || choice?.type === 'tool') {
      throw invalidRequest('`tool_choice` asks for a tool call, but `tools` is empty.', 'tool_choice');
    }
    if (usedNames.size === 0) return {};
    return {
      toolConfig: offered.length > 0 ? { tools: offered } : toolsOfHistory(usedNames),
      systemNote: NO_TOOLS_NOTE,
    };
  }
  const isPrompts = own.length === 0 && choice === undefined;
  const forced = isPrompts ? promptTools?.toolChoice : chosen(request, offered, context);
  const toolConfig = forced === undefined ? { tools: offered } : { tools: offered, toolChoice: forced };
  if (choice === undefined || choice.disable_parallel_tool_use !== true) return { toolConfig };
  if (!facts.disableParallelToolUse) {
    dropped.add('tool_choice.disable_parallel_tool_use');
    return { toolConfig };
  }
  // Claude wants a `type` beside the flag, and refuses one beside a choice that toolConfig has made already.
  // Source: https://github.com/BerriAI/litellm/pull/34347 and /issues/36536 (read 2026-11-22).
  const flag = { disable_parallel_tool_use: true };
  const toolChoice = forced === undefined ? { type: 'auto', ...flag } : flag;
  return { toolConfig, additionalModelRequestFields: { tool_choice: toolChoice } };
}

function ownTools(
  tools: readonly (AnthropicTool | AnthropicServerTool)[],
  { facts, names, dropped }: ToolContext,
): readonly ConverseTool[] {
  const known = new Map<string, ConverseToolSpec>();
  return tools.flatMap((tool, index): readonly ConverseTool[] => {
    const place = `tools.${index}`;
    if (!isCustom(tool)) throw invalidRequest(toolRefusal(tool.type), `${place}.type`);
    const { name, description, input_schema: schema, strict } = tool;
    const toolSpec: ConverseToolSpec = {
      name: names.upstream(name),
      description: description?.trim() ? description : name,
      inputSchema: { json: parametersToSchema(schema, `${place}.input_schema`) },
      ...(strict === true && facts.strictTools ? { strict } : {}),
    };
    if (strict === true && !facts.strictTools) dropped.add('tools.strict');
    for (const field of ['defer_loading', 'eager_input_streaming', 'input_examples'] as const) {
      if (tool[field] !== undefined && tool[field] !== null && tool[field] !== false) dropped.add(`tools.${field}`);
    }
    if (tool.allowed_callers?.some((caller) => caller !== 'direct') === true) dropped.add('tools.allowed_callers');
    const same = known.get(toolSpec.name);
    if (same !== undefined && !isDeepStrictEqual(same, toolSpec)) {
      throw invalidRequest('Two different tools have the same name; give each its own.', `${place}.name`);
    }
    const point = cachePointOf(tool.cache_control);
    if (same !== undefined) return point;
    known.set(toolSpec.name, toolSpec);
    return [{ toolSpec }, ...point];
  });
}

function isCustom(tool: AnthropicTool | AnthropicServerTool): tool is AnthropicTool {
  return (tool.type ?? 'custom') === 'custom';
}

/** Which tools run at the caller's and are known to Claude alone, by the beginning of their types. */
const clientTools = /^(?:bash|text_editor|computer|memory|browser)_/;

function toolRefusal(type: string): string {
  return clientTools.test(type)
    ? 'This tool is one that Claude knows by its type, and this model does not. Describe it as your own: a tool with `name`, `description` and `input_schema`.'
    : 'Tools that Anthropic runs by itself are not supported for this model. Offer a tool of your own with `name`, `description` and `input_schema`, and run its calls.';
}

/** Undefined: the model decides, which is what Converse does when no choice is sent. */
function chosen(
  { tool_choice: choice }: AnthropicRequest,
  offered: readonly ConverseTool[],
  { facts, names, dropped, thinks }: ToolContext,
): ConverseToolChoice | undefined {
  if (choice?.type !== 'any' && choice?.type !== 'tool') return undefined;
  const name = choice.type === 'tool' ? names.upstream(choice.name) : undefined;
  if (name !== undefined && !offered.some((tool) => 'toolSpec' in tool && tool.toolSpec.name === name)) {
    throw invalidRequest('`tool_choice` names a tool that is not in `tools`.', 'tool_choice.name');
  }
  const isOne = offered.filter((tool) => 'toolSpec' in tool).length === 1;
  if (!facts.toolChoice || thinks || facts.forcedTools === 'none') dropped.add('tool_choice');
  else if (name === undefined) return { any: {} };
  else if (facts.forcedTools === 'tool') return { tool: { name } };
  else if (isOne) return { any: {} };
  else dropped.add('tool_choice');
  return undefined;
}
