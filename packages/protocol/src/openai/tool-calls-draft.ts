import type { LitellmCustomToolCall, LitellmToolCall } from '../litellm/chat.ts';
import { addText, isObject, objectOf, textOf } from '../object.ts';

/** How Anthropic names calls of tools that it runs itself. */
const SERVER_CALL = 'srvtoolu_';

type ToolCall = LitellmToolCall | LitellmCustomToolCall;

interface CallDraft {
  id: string;
  name: string;
  isCustom: boolean;
  readonly pieces: string[];
}

/**
 * The tool calls of an answer, in the order in which they began. A piece of a call says by its index where it belongs; a
 * new id at a known index is a new call, because some providers number all of them 0.
 */
export class ToolCallsDraft {
  readonly #madeId: (position: number) => string;
  readonly #calls: CallDraft[] = [];
  readonly #byIndex = new Map<unknown, CallDraft>();

  constructor(madeId: (position: number) => string) {
    this.#madeId = madeId;
  }

  /** Takes `tool_calls` of a delta or of a message, which has no indices: there the place in the list is meant. */
  add(calls: readonly unknown[]): void {
    for (const [position, call] of calls.entries()) {
      if (!isObject(call)) continue;
      const id = textOf(call['id']);
      const draft = this.#at(call['index'] ?? position, id);
      const custom = objectOf(call['custom']);
      const definition = objectOf(call['function']);
      if (draft.id === '') draft.id = id;
      if (draft.name === '') draft.name = textOf(definition['name']) || textOf(custom['name']);
      draft.isCustom ||= call['type'] === 'custom' || isObject(call['custom']);
      addText(draft.pieces, definition['arguments']);
      addText(draft.pieces, custom['input']);
    }
  }

  /**
   * The calls as they are sent back. Arguments that are no JSON object become `{}`: LiteLLM cannot read them for
   * Anthropic and Bedrock, and the call has to stay, because its result comes with the next message. Calls without name
   * are left out, and those that the provider ran itself: without their results, which LiteLLM tells in
   * `provider_specific_fields` alone, it would ask for them.
   * Source: litellm 1.106.2, litellm_core_utils/prompt_templates/factory.py `convert_to_anthropic_tool_invoke`,
   * common_utils.py `parse_tool_call_arguments` (read 2026-11-23).
   */
  calls(): readonly ToolCall[] {
    return this.#calls.flatMap((call, position): readonly ToolCall[] => {
      const { name, isCustom, pieces } = call;
      const id = call.id || this.#madeId(position);
      if (name === '' || id.startsWith(SERVER_CALL)) return [];
      const text = pieces.join('');
      if (isCustom) return [{ id, type: 'custom', custom: { name, input: text } }];
      return [{ id, type: 'function', function: { name, arguments: isJsonObject(text) ? text : '{}' } }];
    });
  }

  #at(index: unknown, id: string): CallDraft {
    const known = this.#byIndex.get(index);
    if (known !== undefined && (id === '' || known.id === '' || known.id === id)) return known;
    const draft: CallDraft = { id, name: '', isCustom: false, pieces: [] };
    this.#calls.push(draft);
    this.#byIndex.set(index, draft);
    return draft;
  }
}

function isJsonObject(text: string): boolean {
  try {
    return isObject(JSON.parse(text));
  } catch {
    return false;
  }
}
