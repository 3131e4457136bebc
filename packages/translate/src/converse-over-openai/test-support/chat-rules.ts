import type { JsonObject } from '@genai-gateway/protocol';

type Json = Readonly<Record<string, unknown>>;

const fields = new Set([
  ...[
    'model',
    'messages',
    'stream',
    'stream_options',
    'max_tokens',
    'temperature',
    'top_p',
    'stop',
    'tools',
    'tool_choice',
  ],
  ...[
    'service_tier',
    'metadata',
    'reasoning_effort',
    'thinking',
    'top_k',
    'seed',
    'presence_penalty',
    'frequency_penalty',
  ],
  ...['logit_bias', 'verbosity', 'parallel_tool_calls', 'prompt_cache_key', 'response_format'],
]);

/**
 * What LiteLLM or OpenAI would not take of a chat request, and what a caller must never reach through it.
 * It shares no code with the translation. Order and pairing of calls and results are the caller's.
 */
export function chatViolations(request: JsonObject): string[] {
  const found = Object.keys(request).flatMap((name) => (fields.has(name) ? [] : [`the field ${name}`]));
  const { messages, tools, metadata, stop, stream, stream_options: options } = request as Json;
  if (!Array.isArray(messages) || messages.length === 0) found.push('no messages');
  else
    for (const [index, message] of messages.entries())
      found.push(...messageViolations(message as Json).map((it) => `messages.${index}: ${it}`));
  if (tools !== undefined && !(Array.isArray(tools) && tools.length > 0)) found.push('empty tools');
  if (stop !== undefined && !(Array.isArray(stop) && stop.length > 0)) found.push('empty stop');
  if (metadata !== undefined && Object.keys(metadata as Json).join() !== 'spend_logs_metadata')
    found.push('settings in metadata');
  if ((stream === true) !== (options !== undefined)) found.push('stream without usage');
  return found;
}

function messageViolations(message: Json): string[] {
  const { role, content, tool_calls: calls, tool_call_id: id } = message;
  const found = content === null || typeof content === 'string' ? [] : partsViolations(content, role);
  switch (role) {
    case 'system':
    case 'user':
      if (content === null) found.push('no content');
      break;
    case 'assistant':
      if (content === null && calls === undefined) found.push('neither content nor calls');
      if (calls !== undefined && !(Array.isArray(calls) && calls.length > 0 && calls.every(isCall)))
        found.push('wrong calls');
      break;
    case 'tool':
      if (typeof id !== 'string' || id === '' || content === null) found.push('a wrong result');
      break;
    default:
      found.push(`the role ${String(role)}`);
  }
  return found;
}

function partsViolations(content: unknown, role: unknown): string[] {
  if (!Array.isArray(content) || content.length === 0) return ['empty content'];
  return content.flatMap((part: Json) => {
    if (part['type'] === 'text') return typeof part['text'] === 'string' ? [] : ['a text part without text'];
    if (part['type'] === 'file') {
      const { filename, file_data: data } = (part['file'] ?? {}) as Json;
      const isFile = /^data:(?:application|video|text)\/[\w.+-]+;base64,[A-Za-z0-9+/]+=*$/.test(String(data));
      return isFile && typeof filename === 'string' && role === 'user' ? [] : ['a wrong file'];
    }
    if (part['type'] === 'input_audio') {
      const { data, format } = (part['input_audio'] ?? {}) as Json;
      const isAudio = typeof format === 'string' && /^[A-Za-z0-9+/]+=*$/.test(String(data));
      return isAudio && role === 'user' ? [] : ['wrong audio'];
    }
    const { url } = (part['image_url'] ?? {}) as Json;
    const isImage =
      part['type'] === 'image_url' && /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+=*$/.test(String(url));
    return isImage && role !== 'system' ? [] : ['a wrong part'];
  });
}

function isCall(call: Json): boolean {
  const { name, arguments: json } = (call['function'] ?? {}) as Json;
  if (call['type'] !== 'function' || typeof call['id'] !== 'string' || typeof json !== 'string') return false;
  const value: unknown = JSON.parse(json);
  return /^[\w-]{1,64}$/.test(String(name)) && typeof value === 'object' && value !== null && !Array.isArray(value);
}
