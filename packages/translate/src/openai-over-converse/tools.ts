import type {
  ConverseTool,
  ConverseToolChoice,
  ConverseToolConfig,
  JsonObject,
  OpenaiChatRequest,
} from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { invalidRequest } from '../json.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';
import type { ToolNameMap } from '../tools/tool-names.ts';
import type { JsonAnswer } from './response-format.ts';
import { type Choice, toolChoiceOf } from './tool-choice.ts';

/** Said to the model when it must see tools (for its history) and must not call them: Converse has no such choice. */
export const NO_TOOLS_NOTE = 'Do not call any tool in your next answer. Answer in text only.';

/** Said to a model that has to answer by a tool, and cannot be made to. */
export const jsonToolNote = (name: string): string =>
  `Give your final answer only by calling the tool ${name}, with the whole answer as its input.`;

export interface ConverseTools {
  readonly toolConfig?: ConverseToolConfig;
  /** Goes after the caller's system text. */
  readonly systemNote?: string;
  readonly additionalModelRequestFields?: JsonObject;
  /** The name of the tool of `json` below, when it was offered. */
  readonly jsonTool?: string;
}

/** What is known of tools besides the request. */
export interface ToolContext {
  readonly offered: readonly ConverseTool[];
  /** The tools that the history names, by upstream name. */
  readonly usedNames: ReadonlySet<string>;
  /** What a managed prompt offers; in use where the request offers nothing. */
  readonly promptTools: ConverseToolConfig | undefined;
  /** How the model is brought to answer in JSON; by a tool it may be. */
  readonly json: JsonAnswer | undefined;
  /** Whether the model thinks under rules that forbid to make it call a tool. */
  readonly mayForce: boolean;
}

/**
 * tools, tool_choice and parallel_tool_calls in Converse's form. Bedrock refuses tool blocks without a
 * toolConfig, so one is built from the names in the history where nobody offers tools.
 * Throws `invalid-request` for a choice of tools that are not there, and for tools where the model has none.
 */
export function toolsToConverse(
  request: OpenaiChatRequest,
  context: ToolContext,
  names: ToolNameMap,
  facts: ModelFacts,
  dropped: DroppedParams,
): ConverseTools {
  const { usedNames } = context;
  const json = context.json?.by === 'tool' ? context.json.toolSpec : undefined;
  const { tools, choice } = inUse(request, context, names);
  if (!facts.tools) return withoutTools(request, choice, dropped);
  const forcing = context.mayForce && facts.toolChoice ? facts.forcedTools : 'none';
  // Who asks for a call does not ask for an answer yet.
  if (json !== undefined && choice.how !== 'any' && choice.how !== 'one') {
    const others = choice.how === 'none' ? [] : tools;
    const made =
      others.length === 0 && forcing === 'tool' ? [...tools, { toolSpec: json }] : [...others, { toolSpec: json }];
    const must: ConverseToolChoice = others.length > 0 ? { any: {} } : { tool: { name: json.name } };
    const toolChoice = forcing === 'none' ? undefined : forcing === 'any' ? { any: {} } : must;
    const note = toolChoice === undefined ? { systemNote: jsonToolNote(json.name) } : {};
    return { ...withParallel(request, made, toolChoice, facts, dropped), ...note, jsonTool: json.name };
  }
  if (choice.how === 'none' || tools.length === 0) {
    if (usedNames.size === 0) return {};
    return { toolConfig: tools.length > 0 ? { tools } : toolsOfHistory(usedNames), systemNote: NO_TOOLS_NOTE };
  }
  if (choice.how === 'auto') return withParallel(request, tools, undefined, facts, dropped);
  if (forcing === 'none') {
    dropped.add('tool_choice');
    return withParallel(request, tools, undefined, facts, dropped);
  }
  if (choice.how === 'any') return withParallel(request, tools, { any: {} }, facts, dropped);
  if (forcing === 'tool') return withParallel(request, tools, { tool: { name: choice.name } }, facts, dropped);
  const one = tools.filter((tool) => 'toolSpec' in tool && tool.toolSpec.name === choice.name);
  return withParallel(request, one, { any: {} }, facts, dropped);
}

/** The tools that are offered, the caller's own or the prompt's, and what is asked of them. */
function inUse(
  request: OpenaiChatRequest,
  { offered, promptTools }: ToolContext,
  names: ToolNameMap,
): { readonly tools: readonly ConverseTool[]; readonly choice: Choice } {
  const isPrompts = offered.length === 0;
  const tools = isPrompts ? (promptTools?.tools ?? []) : offered;
  const all = new Set(tools.flatMap((tool) => ('toolSpec' in tool ? [tool.toolSpec.name] : [])));
  const { choice, allowed } = toolChoiceOf(request, all, names);
  if (choice === undefined) return { tools, choice: isPrompts ? choiceOf(promptTools?.toolChoice) : { how: 'auto' } };
  if (allowed === undefined) return { tools, choice };
  return { tools: tools.filter((tool) => !('toolSpec' in tool) || allowed.has(tool.toolSpec.name)), choice };
}

function choiceOf(choice: ConverseToolChoice | undefined): Choice {
  if (choice === undefined || 'auto' in choice) return { how: 'auto' };
  return 'any' in choice ? { how: 'any' } : { how: 'one', name: choice.tool.name };
}

/** Without its tools an agent would be another one; without those of a prompt it can still answer. */
function withoutTools({ tools }: OpenaiChatRequest, choice: Choice, dropped: DroppedParams): ConverseTools {
  if (tools?.length && choice.how !== 'none') {
    throw invalidRequest('This model takes no tools. Leave them out, or choose another model.', 'tools');
  }
  if (choice.how !== 'none' && choice.how !== 'auto') dropped.add('tool_choice');
  return {};
}

function withParallel(
  request: OpenaiChatRequest,
  tools: readonly ConverseTool[],
  toolChoice: ConverseToolChoice | undefined,
  facts: ModelFacts,
  dropped: DroppedParams,
): ConverseTools {
  const toolConfig = toolChoice === undefined ? { tools } : { tools, toolChoice };
  if (request.parallel_tool_calls !== false) return { toolConfig };
  if (!facts.disableParallelToolUse) {
    dropped.add('parallel_tool_calls');
    return { toolConfig };
  }
  // Claude wants a `type` beside the flag, and refuses one beside a choice that toolConfig has made already.
  // Source: https://github.com/BerriAI/litellm/pull/34347 and /issues/36536 (read 2026-11-22).
  const flag = { disable_parallel_tool_use: true };
  const choice = toolChoice === undefined ? { type: 'auto', ...flag } : flag;
  return { toolConfig, additionalModelRequestFields: { tool_choice: choice } };
}

/** Tools of which the history knows only the names. */
export function toolsOfHistory(usedNames: ReadonlySet<string>): ConverseToolConfig {
  const inputSchema = { json: { type: 'object', properties: {} } };
  return { tools: [...usedNames].map((name) => ({ toolSpec: { name, description: name, inputSchema } })) };
}
