import { isDeepStrictEqual } from 'node:util';
import type {
  ConverseToolChoice,
  ConverseToolConfig,
  ConverseToolSpec,
  JsonObject,
  OpenaiChatRequest,
  OpenaiTool,
} from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { invalidRequest, isRecord } from '../json.ts';
import type { ModelTraits } from './model-traits.ts';
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

/**
 * tools, tool_choice and parallel_tool_calls in Converse's form. `usedNames` are the tools that the
 * history names, by their upstream name: Bedrock refuses tool blocks without a toolConfig, so
 * one is built from these names where the caller offers no tools.
 */
export function toolsToConverse(
  request: OpenaiChatRequest,
  usedNames: ReadonlySet<string>,
  names: ToolNameMap,
  traits: ModelTraits,
  dropped: DroppedParams,
): ConverseTools {
  const offered = toolSpecs(request.tools ?? [], names, dropped);
  const choice = checkedChoice(request, offered, names);
  if (choice === 'none' || offered.size === 0) {
    if (usedNames.size === 0) return {};
    const specs = offered.size > 0 ? [...offered.values()] : [...usedNames].map(specOfUsedTool);
    return { toolConfig: { tools: specs.map((toolSpec) => ({ toolSpec })) }, systemNote: NO_TOOLS_NOTE };
  }
  const forced = choice !== undefined && traits.toolChoice ? choice : undefined;
  if (choice !== undefined && forced === undefined) dropped.add('tool_choice');
  const tools = [...offered.values()].map((toolSpec) => ({ toolSpec }));
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
  offered: ReadonlyMap<string, ConverseToolSpec>,
  names: ToolNameMap,
): ConverseToolChoice | 'none' | undefined {
  const choice = request.tool_choice;
  if (choice === undefined || choice === null || choice === 'auto') return undefined;
  if (choice === 'none') return 'none';
  if (offered.size === 0)
    throw invalidRequest('tool_choice asks for a tool call, but `tools` is empty.', 'tool_choice');
  if (choice === 'required') return { any: {} };
  if (choice.type !== 'function' || !isRecord(choice.function)) {
    throw invalidRequest(
      'This kind of tool_choice is not supported. Send "auto", "none", "required" or one function, and in `tools` only what may be called.',
      'tool_choice.type',
    );
  }
  const name = names.upstream(choice.function.name);
  if (!offered.has(name))
    throw invalidRequest('tool_choice names a function that is not in `tools`.', 'tool_choice.function.name');
  return { tool: { name } };
}

function specOfUsedTool(name: string): ConverseToolSpec {
  return { name, description: name, inputSchema: { json: { type: 'object', properties: {} } } };
}
