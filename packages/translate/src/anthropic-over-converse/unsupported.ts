import type { AnthropicRequest } from '@genai-gateway/protocol';
import type { DroppedParams } from '../dropped-params.ts';
import { drop, type FieldRules, is, isEmpty, leftFields, translate } from '../field-rules.ts';
import { isRecord } from '../json.ts';

/** Every field of the Messages API that we decided about. A field that is not here is dropped. */
const fieldRules: FieldRules = {
  model: translate,
  messages: translate,
  max_tokens: translate,
  system: translate,
  stream: translate,
  tools: translate,
  tool_choice: translate,
  temperature: translate,
  top_p: translate,
  top_k: translate,
  stop_sequences: translate,
  thinking: translate,
  output_config: translate,
  output_format: translate,
  metadata: translate,
  cache_control: translate,
  anthropic_beta: translate,

  container: { what: 'refuse', mend: 'Nothing of Anthropic’s own containers runs here; leave it out.' },
  mcp_servers: {
    what: 'refuse',
    neutral: isEmpty,
    mend: 'MCP servers are not called from here; offer what they can do in `tools`, and run the calls yourself.',
  },

  // The tool runners of Anthropic's libraries begin threads unasked. Told that one is lost, they send the conversation whole.
  thread: {
    what: 'refuse',
    neutral: (value) => isRecord(value) && value['type'] === 'create',
    mend: 'No thread is kept here; send the whole conversation in `messages`.',
  },

  // Bedrock's standard tier is what both ask for.
  service_tier: { what: 'drop', neutral: is('auto', 'standard_only') },
  speed: { what: 'drop', neutral: is('standard') },
  context_management: { what: 'drop', neutral: isEmpty },
  diagnostics: drop,
  inference_geo: drop,
  user_profile_id: drop,
  workspace_id: drop,
  // In the body of InvokeModel; here it says nothing.
  anthropic_version: translate,
};

/**
 * Goes through all fields of the request, those that we have never heard of too.
 * `more`: fields that have an effect besides. Throws `invalid-request` for the first field with rule `refuse`.
 */
export function applyFieldRules(request: AnthropicRequest, dropped: DroppedParams, more: readonly string[] = []): void {
  for (const { name } of leftFields(request, fieldRules)) if (!more.includes(name)) dropped.add(name);
}

/** Kinds of blocks that have no translation, and what to do instead. */
const refusedBlocks: Readonly<Record<string, string>> = {
  container_upload: 'Send the text of the file in a block of type "text", or the file in one of type "document".',
  compaction: 'Send what it says in a block of type "text".',
  tool_reference: 'Send the tools that it names in `tools`, and their names in a block of type "text".',
};

/** Why a block of this kind is not taken. */
export function blockRefusal(type: string): string {
  const known = Object.hasOwn(refusedBlocks, type) ? refusedBlocks[type] : undefined;
  if (known !== undefined) return `Blocks of type "${type}" are not supported for this model. ${known}`;
  if (type === 'server_tool_use' || type.endsWith('_tool_result')) {
    return 'Tools that Anthropic runs by itself are not supported for this model. Leave their calls and results out of the messages, or send what they say in blocks of type "text".';
  }
  return 'This kind of block is not supported for this model. Send "text", "image", "document", "search_result", "tool_use", "tool_result" or "thinking".';
}
