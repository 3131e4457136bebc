import type { AnthropicRequest, AnthropicServerTool, AnthropicTool, JsonObject } from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { invalidRequest } from '../json.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';
import type { Betas } from './betas.ts';
import { withMark } from './cache-marks.ts';

const SEARCH = 'tool-search-tool-2025-10-19';
const EXAMPLES = 'tool-examples-2025-10-29';

/** Tools that Anthropic runs by itself, by the beginning of their types. */
const anthropicsOwn = /^(?:web_search|web_fetch|code_execution|advisor|mcp_toolset)/;

/**
 * Tools that Claude knows by their type and that need a beta.
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-tool-use.html
 * (as of 2026-11-23).
 */
const betaOfType: readonly (readonly [type: RegExp, beta: string])[] = [
  [/^computer_20250124$/, 'computer-use-2025-01-24'],
  [/^computer_20251124$/, 'computer-use-2025-11-24'],
  [/^memory_/, 'context-management-2025-06-27'],
  [/^tool_search_tool_/, SEARCH],
];

/** Fields of a tool of the caller's own that Bedrock takes always. */
const plainFields = new Set(['type', 'name', 'description', 'input_schema', 'cache_control']);

/**
 * `tools` as Claude takes them on Bedrock; a field that would fail the call is dropped.
 * Throws `invalid-request` for tools that Anthropic runs by itself.
 */
export function toolsToInvoke(
  tools: NonNullable<AnthropicRequest['tools']>,
  facts: ModelFacts,
  betas: Betas,
  dropped: DroppedParams,
): readonly JsonObject[] {
  if (tools.length > 0 && !facts.tools) {
    throw invalidRequest('This model takes no tools; leave `tools` out, or call another model.', 'tools');
  }
  // The search decides what the caller's own tools may say, so it comes first.
  for (const [index, { type }] of tools.entries()) {
    if (typeof type !== 'string') continue;
    if (anthropicsOwn.test(type)) {
      throw invalidRequest(
        'Tools that Anthropic runs by itself do not run on Bedrock. Offer a tool of your own with `name`, `description` and `input_schema`, and run its calls.',
        `tools.${index}.type`,
      );
    }
    const beta = betaOfType.find(([known]) => known.test(type))?.[1];
    if (beta !== undefined) betas.add(beta);
  }
  return tools.map(
    (tool) => (isCustom(tool) ? customTool(tool, facts, betas, dropped) : withMark(tool, facts)) as JsonObject,
  );
}

function isCustom(tool: AnthropicTool | AnthropicServerTool): tool is AnthropicTool {
  return (tool.type ?? 'custom') === 'custom';
}

function customTool(tool: AnthropicTool, facts: ModelFacts, betas: Betas, dropped: DroppedParams): AnthropicTool {
  const kept = Object.entries(tool).filter(([name, value]) => {
    if (value === null || value === undefined) return false;
    if (plainFields.has(name)) return true;
    switch (name) {
      case 'strict':
        if (value === false || facts.strictTools) return facts.strictTools;
        break;
      case 'defer_loading':
        if (value === false || betas.has(SEARCH)) return betas.has(SEARCH);
        break;
      case 'input_examples':
        if (betas.add(EXAMPLES)) return true;
        break;
      case 'eager_input_streaming':
        // On Bedrock it is a beta, and no field.
        if (value === false || betas.add('fine-grained-tool-streaming-2025-05-14')) return false;
        break;
      case 'allowed_callers':
        if (Array.isArray(value) && value.every((caller) => caller === 'direct')) return false;
    }
    dropped.add(`tools.${name}`);
    return false;
  });
  return withMark(Object.fromEntries(kept) as unknown as AnthropicTool, facts);
}
