import { isDeepStrictEqual } from 'node:util';
import type {
  ConverseTool,
  ConverseToolChoice,
  ConverseToolConfig,
  ConverseToolSpec,
  JsonObject,
  OpenaiChatRequest,
  OpenaiTool,
} from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { invalidRequest, isRecord } from '../json.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';
import type { ToolNameMap } from './tool-names.ts';
import { parametersToSchema } from './tool-schema.ts';

/** Said to the model when it must see tools (for its history) and must not call them: Converse has no such choice. */
export const NO_TOOLS_NOTE = 'Do not call any tool in your next answer. Answer in text only.';

export interface ConverseTools {
  readonly toolConfig?: ConverseToolConfig;
  /** Goes after the caller's system text. */
  readonly systemNote?: string;
  readonly additionalModelRequestFields?: JsonObject;
}

/** What is known of tools besides the request. */
export interface ToolContext {
  /** The tools that the history names, by upstream name. */
  readonly usedNames: ReadonlySet<string>;
  /** What a managed prompt offers; in use where the request offers nothing. */
  readonly promptTools: ConverseToolConfig | undefined;
}

/**
 * tools, tool_choice and parallel_tool_calls in Converse's form. Bedrock refuses tool blocks without a
 * toolConfig, so one is built from the names in the history where nobody offers tools.
 */
export function toolsToConverse(
  request: OpenaiChatRequest,
  { usedNames, promptTools }: ToolContext,
  names: ToolNameMap,
  traits: ModelFacts,
  dropped: DroppedParams,
): ConverseTools {
  const own = toolSpecs(request.tools ?? [], names, dropped);
  const tools: readonly ConverseTool[] =
    own.size > 0 ? [...own.values()].map((toolSpec) => ({ toolSpec })) : (promptTools?.tools ?? []);
  const ownChoice = checkedChoice(request, tools, names);
  const isPrompts = own.size === 0 && (request.tool_choice ?? undefined) === undefined;
  const choice = isPrompts ? promptTools?.toolChoice : ownChoice;
  if (choice === 'none' || tools.length === 0) {
    if (usedNames.size === 0) return {};
    return { toolConfig: tools.length > 0 ? { tools } : toolsOfHistory(usedNames), systemNote: NO_TOOLS_NOTE };
  }
  const forced = choice !== undefined && traits.toolChoice ? choice : undefined;
  if (choice !== undefined && forced === undefined) dropped.add('tool_choice');
  const toolConfig = forced === undefined ? { tools } : { tools, toolChoice: forced };
  if (request.parallel_tool_calls !== false) return { toolConfig };
  if (!traits.disableParallelToolUse) {
    dropped.add('parallel_tool_calls');
    return { toolConfig };
  }
  // Claude wants a `type` beside the flag, and refuses one beside a choice that toolConfig has made already.
  // Source: https://github.com/BerriAI/litellm/pull/34347 and /issues/36536 (read 2026-11-22).
  const flag = { disable_parallel_tool_use: true };
  const toolChoice = forced === undefined ? { type: 'auto', ...flag } : flag;
  return { toolConfig, additionalModelRequestFields: { tool_choice: toolChoice } };
}

/** The offered tools by upstream name. */
function toolSpecs(
  tools: readonly OpenaiTool[],
  names: ToolNameMap,
  dropped: DroppedParams,
): Map<string, ConverseToolSpec> {
  const specs = new Map<string, ConverseToolSpec>();
  for (const [index, tool] of tools.entries()) {
    const param = `tools.${index}`;
    if (tool.type !== 'function') {
      throw invalidRequest('Only tools with "type": "function" are supported for this model.', `${param}.type`);
    }
    if ('cache_control' in tool || 'cache_control' in tool.function) dropped.add('tools.cache_control');
    const { name, description, parameters, strict } = tool.function;
    if (strict === true) dropped.add('tools.strict');
    const spec: ConverseToolSpec = {
      name: names.upstream(name),
      description: description?.trim() ? description : name,
      inputSchema: { json: parametersToSchema(parameters, `${param}.function.parameters`) },
    };
    const known = specs.get(spec.name);
    if (known !== undefined && !isDeepStrictEqual(known, spec)) {
      throw invalidRequest('Two different tools have the same name; give each its own.', `${param}.function.name`);
    }
    specs.set(spec.name, spec);
  }
  return specs;
}

/** Undefined: the model decides, which is what Converse does when no choice is sent. */
function checkedChoice(
  request: OpenaiChatRequest,
  offered: readonly ConverseTool[],
  names: ToolNameMap,
): ConverseToolChoice | 'none' | undefined {
  const choice = request.tool_choice;
  if (choice === undefined || choice === null || choice === 'auto') return undefined;
  if (choice === 'none') return 'none';
  if (offered.length === 0)
    throw invalidRequest('tool_choice asks for a tool call, but `tools` is empty.', 'tool_choice');
  if (choice === 'required') return { any: {} };
  if (choice.type !== 'function' || !isRecord(choice.function)) {
    throw invalidRequest(
      'This kind of tool_choice is not supported. Send "auto", "none", "required" or one function, and in `tools` only what may be called.',
      'tool_choice.type',
    );
  }
  const name = names.upstream(choice.function.name);
  if (!offered.some((tool) => 'toolSpec' in tool && tool.toolSpec.name === name))
    throw invalidRequest('tool_choice names a function that is not in `tools`.', 'tool_choice.function.name');
  return { tool: { name } };
}

/** Tools of which the history knows only the names. */
export function toolsOfHistory(usedNames: ReadonlySet<string>): ConverseToolConfig {
  const inputSchema = { json: { type: 'object', properties: {} } };
  return { tools: [...usedNames].map((name) => ({ toolSpec: { name, description: name, inputSchema } })) };
}
