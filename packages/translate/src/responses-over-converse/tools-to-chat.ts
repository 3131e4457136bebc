import type { JsonObject, ResponsesCustomTool, ResponsesRequest, ResponsesTool } from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { invalidRequest } from '../json.ts';
import { CUSTOM_INPUT } from './input-to-messages.ts';

export interface ChatTools {
  /** `tools` and `tool_choice` of the chat request, as far as they were given. */
  readonly fields: { readonly tools?: readonly object[]; readonly tool_choice?: string | object };
  /** The index in the request of each tool that is offered. */
  readonly places: readonly number[];
  /** Names of the tools whose input is a text: the model calls them as functions. */
  readonly customTools: ReadonlySet<string>;
}

/** What a tool may say of itself that has no effect here. */
const withoutEffect = ['defer_loading', 'async', 'allowed_callers', 'output_schema'];

/**
 * The tools of a request as those of a chat request. A custom tool becomes a function with one text, whose grammar the model
 * is told of and not held to. Of `allowed_tools` only those are offered.
 * Throws `invalid-request` when a tool is chosen that is not offered.
 */
export function toolsToChat(request: ResponsesRequest, dropped: DroppedParams): ChatTools {
  const { tools, tool_choice: choice } = request;
  const all = tools ?? [];
  const customTools = new Set(all.filter(isCustom).map(({ name }) => name));
  for (const tool of all) {
    for (const field of withoutEffect) if ((tool as unknown as JsonObject)[field]) dropped.add(`tools.${field}`);
  }
  const allowed = allowedNames(request);
  const places = [...all.keys()].filter((index) => allowed === undefined || allowed.has(all[index]?.name ?? ''));
  const offered = places.flatMap((index) => all[index] ?? []).map(toolToChat);
  const chosen =
    choice === undefined || choice === null
      ? {}
      : typeof choice === 'string'
        ? { tool_choice: choice }
        : choice.type === 'allowed_tools'
          ? { tool_choice: choice.mode }
          : { tool_choice: { type: 'function', function: { name: choice.name } } };
  return { fields: { ...(offered.length === 0 ? {} : { tools: offered }), ...chosen }, places, customTools };
}

function isCustom(tool: ResponsesTool): tool is ResponsesCustomTool {
  return tool.type === 'custom';
}

function allowedNames({ tools, tool_choice: choice }: ResponsesRequest): ReadonlySet<string> | undefined {
  if (typeof choice !== 'object' || choice?.type !== 'allowed_tools') return undefined;
  const offered = new Set((tools ?? []).map(({ name }) => name));
  const allowed = choice.tools.map(({ name }, index) => {
    if (typeof name === 'string' && offered.has(name)) return name;
    throw invalidRequest('Every tool that is allowed must be one of `tools`.', `tool_choice.tools.${index}.name`);
  });
  return new Set(allowed);
}

function toolToChat(tool: ResponsesTool): object {
  if (tool.type === 'custom') return customToChat(tool);
  const { name, description, parameters, strict } = tool;
  return {
    type: 'function',
    function: {
      name,
      ...(description ? { description } : {}),
      ...(parameters ? { parameters } : {}),
      ...(typeof strict === 'boolean' ? { strict } : {}),
    },
  };
}

function customToChat({ name, description, format }: ResponsesCustomTool): object {
  const grammar = format?.definition
    ? `The input must follow this ${format.syntax ?? ''} grammar:\n${format.definition}`
    : '';
  const told = [description ?? '', grammar].filter((text) => text !== '').join('\n\n');
  const input = { type: 'string', description: 'The whole input of the tool, as plain text.' };
  return {
    type: 'function',
    function: {
      name,
      ...(told === '' ? {} : { description: told }),
      parameters: { type: 'object', properties: { [CUSTOM_INPUT]: input }, required: [CUSTOM_INPUT] },
    },
  };
}
