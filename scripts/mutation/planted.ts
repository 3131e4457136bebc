import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Mutant } from './mutants.ts';

/** A mistake that somebody could make, and that the vectors have to notice. */
interface Mistake {
  readonly what: string;
  /** Under `packages/translate/src`. */
  readonly file: string;
  /** A text that the file has once, without types in it. */
  readonly from: string;
  readonly to: string;
}

const openai = 'openai-over-converse';
const converse = 'converse-over-openai';
const anthropic = 'anthropic-over-converse';

/** One for each part of the translator at least. */
export const mistakes: readonly Mistake[] = [
  {
    what: 'a full context is a usual end',
    file: `${openai}/stop-reasons.ts`,
    from: "model_context_window_exceeded: 'length'",
    to: "model_context_window_exceeded: 'stop'",
  },
  {
    what: 'a filtered answer is a usual end',
    file: `${openai}/stop-reasons.ts`,
    from: "content_filtered: 'content_filter'",
    to: "content_filtered: 'stop'",
  },
  {
    what: 'calls end an answer like text',
    file: `${openai}/stop-reasons.ts`,
    from: "hasCalls ? 'tool_calls' : 'stop'",
    to: "'stop'",
  },
  {
    what: 'tokens read from the cache are not counted',
    file: `${openai}/usage.ts`,
    from: 'usage.inputTokens + (cacheReadTokens ?? 0)',
    to: 'usage.inputTokens + 0',
  },
  { what: 'nor those written to it', file: `${openai}/usage.ts`, from: '(cacheWriteTokens ?? 0)', to: '0' },
  {
    what: 'a tool keeps a name that Bedrock refuses',
    file: 'tools/tool-names.ts',
    from: 'plain ? name : this.#hashed(name)',
    to: 'name',
  },
  {
    what: 'the caller never sees its own name again',
    file: 'tools/tool-names.ts',
    from: 'if (!plain) this.changed.set(given, name);',
    to: '',
  },
  {
    what: 'a call without a result',
    file: `${openai}/conversation.ts`,
    from: "'No result was given for this call.'",
    to: "''",
  },
  {
    what: 'roles of OpenAI go on as they are',
    file: `${openai}/messages.ts`,
    from: "case 'developer':",
    to: "case 'nobody':",
  },
  {
    what: 'a made-up end after a cut',
    file: `${openai}/stream.ts`,
    from: 'if (this.#stopReason === undefined)',
    to: 'if (false)',
  },
  {
    what: 'reasoning goes without its signature',
    file: `${converse}/reasoning.ts`,
    from: 'if (signature) signed.push',
    to: 'if (false) signed.push',
  },
  {
    what: 'tool results after what the user says',
    file: `${converse}/messages.ts`,
    from: "[...results, { role: 'user', content: plain(said) }]",
    to: "[{ role: 'user', content: plain(said) }, ...results]",
  },
  {
    what: 'a failed tool looks like any',
    file: `${converse}/tool-messages.ts`,
    from: "toolResult.status === 'error'",
    to: 'false',
  },
  {
    what: 'cache points are forgotten',
    file: `${converse}/messages.ts`,
    from: 'else last.cache_control = cacheControl(block);',
    to: '',
  },
  {
    what: 'a PDF becomes text',
    file: `${converse}/documents.ts`,
    from: 'if (text !== undefined) return',
    to: 'return',
  },
  {
    what: 'any setting of LiteLLM can be reached',
    file: `${converse}/additional-fields.ts`,
    from: 'if (parameter === undefined) throw refusal(name, fields.at(name));',
    to: '',
  },
  { what: 'a schema is not held to', file: `${converse}/parameters.ts`, from: 'strict: true', to: 'strict: false' },
  {
    what: 'arguments that are no JSON pass for a call',
    file: `${converse}/stop-reasons.ts`,
    from: "if (end.hasMalformedCall) return 'malformed_tool_use';",
    to: '',
  },
  {
    what: 'a call without arguments has none',
    file: `${converse}/block-queue.ts`,
    from: "if (block.json === '') this.#send(block.index, { toolUse: { input: '{}' } });\n      else if",
    to: 'if',
  },
  {
    what: 'a stream that stops is whole',
    file: `${converse}/stream.ts`,
    from: 'if (this.#stopReason === undefined)',
    to: 'if (false)',
  },
  {
    what: 'sources are lost',
    file: `${converse}/citations.ts`,
    from: 'if (citations.length === 0) return { text };',
    to: 'return { text };',
  },
  { what: 'the total leaves out the cache', file: `${converse}/usage.ts`, from: '+ (cacheReadTokens ?? 0)', to: '' },
  {
    what: 'a busy provider is a failed one',
    file: `${converse}/litellm-error.ts`,
    from: "['RateLimitError', 'upstream-throttled']",
    to: "['RateLimitError', 'upstream-failed']",
  },
  {
    what: 'an intervention is a usual end',
    file: `${anthropic}/stop-reasons.ts`,
    from: "guardrail_intervened: 'refusal'",
    to: "guardrail_intervened: 'end_turn'",
  },
  { what: 'a text is a picture', file: 'media/sniff.ts', from: "start.startsWith('\\x89PNG')", to: 'true' },
  {
    what: 'stored calls stay open',
    file: 'conversation/close-openai-calls.ts',
    from: "all.push({ role: 'tool', tool_call_id: id, content: MISSING_RESULT_TEXT });",
    to: '',
  },
];

/** A mistake as a mutant. Throws when its text is not there exactly once: then the list has to follow the source. */
export function planted(root: string, { what, file, from, to }: Mistake): Mutant {
  const path = `packages/translate/src/${file}`;
  const source = readFileSync(resolve(root, path), 'utf8');
  const start = source.indexOf(from);
  if (start === -1 || source.includes(from, start + 1)) throw new Error(`${path} does not have this once: ${from}`);
  const line = source.slice(0, start).split('\n').length;
  return { file: path, line, start, end: start + from.length, replacement: to, rule: what };
}
