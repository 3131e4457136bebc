import type { JsonObject } from '@genai-gateway/protocol';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The fields that Bedrock takes for a Claude; another one fails the call ("Extra inputs are not permitted").
 * Sources: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html
 * (as of 2026-11-23); litellm 1.106.2, types/llms/bedrock.py (read 2026-11-23).
 */
const fields = new Set([
  'anthropic_version',
  'anthropic_beta',
  'max_tokens',
  'messages',
  'system',
  'stop_sequences',
  'temperature',
  'top_p',
  'top_k',
  'tools',
  'tool_choice',
  'thinking',
  'metadata',
  'output_config',
  'safeguards',
  'context_management',
]);

/** What Bedrock is known to refuse in a body for a Claude. It shares no code with the translation. */
export function bodyViolations(body: JsonObject): readonly string[] {
  const found = Object.keys(body).flatMap((name) => (fields.has(name) ? [] : [`a field ${name}`]));
  if (body['anthropic_version'] !== 'bedrock-2023-05-31') found.push('a wrong anthropic_version');
  const messages = listOf(body['messages']);
  if (messages.length === 0) found.push('no messages');
  if (messages[0]?.['role'] !== 'user') found.push('the first message is not the user');
  const everything = [...listOf(body['system']), ...listOf(body['tools']), ...messages.flatMap(blocksOf)];
  for (const block of everything) found.push(...blockViolations(block));
  for (const { content } of messages)
    if (content === '' || (Array.isArray(content) && content.length === 0)) found.push('an empty message');
  if (everything.filter((block) => 'cache_control' in block).length > 4) found.push('more than four cache marks');
  return found;
}

function blockViolations(block: Fields): readonly string[] {
  const found: string[] = [];
  const { type, text, source, cache_control: mark } = block;
  if (type === 'text' && String(text).trim() === '') found.push('a blank text');
  if (type === 'thinking' && !block['signature']) found.push('thinking without a signature');
  const kind = (source as Fields | undefined)?.['type'];
  if (kind === 'url' || kind === 'file') found.push(`a source of the kind ${kind}`);
  if ('caller' in block) found.push('a caller');
  if (mark !== undefined && Object.keys(mark as Fields).some((name) => name !== 'type' && name !== 'ttl')) {
    found.push('a cache mark with more than a type and a time');
  }
  return found;
}

/** The blocks of a message, and those in its results. */
function blocksOf(message: Fields): readonly Fields[] {
  return listOf(message['content']).flatMap((block) => [block, ...listOf(block['content'])]);
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'object' && each !== null) : [];
}
