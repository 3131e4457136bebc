import type { OpenaiChatRequest } from '@genai-gateway/protocol';
import { invalidRequest } from '../json.ts';
import type { ToolNameMap } from '../tools/tool-names.ts';

/** `auto`: the model decides. `any`: it must call one. `one`: this one. */
export type Choice =
  | { readonly how: 'none' }
  | { readonly how: 'auto' }
  | { readonly how: 'any' }
  | { readonly how: 'one'; readonly name: string };

export interface AskedChoice {
  /** Undefined: the caller says nothing. */
  readonly choice: Choice | undefined;
  /** The tools that may be called, by upstream name; undefined: all. */
  readonly allowed: ReadonlySet<string> | undefined;
}

/**
 * `tool_choice` in our words. `offered`: all tools, by upstream name.
 * Throws `invalid-request` for a choice of tools that are not there.
 */
export function toolChoiceOf(
  { tool_choice: choice }: OpenaiChatRequest,
  offered: ReadonlySet<string>,
  names: ToolNameMap,
): AskedChoice {
  const all = (how: Exclude<Choice['how'], 'one'>): AskedChoice => ({ choice: { how }, allowed: undefined });
  if (choice === undefined || choice === null) return { choice: undefined, allowed: undefined };
  if (choice === 'none' || choice === 'auto') return all(choice);
  if (offered.size === 0)
    throw invalidRequest('tool_choice asks for a tool call, but `tools` is empty.', 'tool_choice');
  if (typeof choice === 'string') return all('any');
  if (choice.type === 'function') {
    return {
      choice: { how: 'one', name: known(choice.function.name, 'tool_choice.function.name') },
      allowed: undefined,
    };
  }
  const { mode, tools } = choice.allowed_tools;
  const allowed = new Set(
    tools.map((tool, index) => known(tool.function.name, `tool_choice.allowed_tools.tools.${index}.function.name`)),
  );
  return { choice: { how: mode === 'required' ? 'any' : 'auto' }, allowed };

  function known(name: string, param: string): string {
    const upstream = names.upstream(name);
    if (offered.has(upstream)) return upstream;
    throw invalidRequest('tool_choice names a function that is not in `tools`.', param);
  }
}
