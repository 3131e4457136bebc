import { invalidRequest, isRecord, type JsonRecord } from '../json.ts';

const roles = ['system', 'developer', 'user', 'assistant', 'tool', 'function'];
const mayHaveNoContent = new Set(['assistant', 'tool', 'function']);

type Check = (value: unknown) => boolean;

const isText = (value: unknown): value is string => typeof value === 'string';

/**
 * Checks `messages`: every field that the types of messages and parts name has its type's shape. Kinds of parts that are
 * unknown pass, and the translation refuses them. Throws `invalid-request` with the field's path as `param`.
 */
export function checkMessages(messages: readonly unknown[]): void {
  for (const [index, message] of messages.entries()) checkMessage(message, `messages.${index}`);
}

function checkMessage(message: unknown, param: string): void {
  if (!isRecord(message)) throw invalidRequest('A message must be an object with `role` and `content`.', param);
  const { role, content } = message;
  if (!isText(role) || !roles.includes(role)) {
    throw invalidRequest(`The role of a message must be one of ${roles.slice(0, 5).join(', ')}.`, `${param}.role`);
  }
  if (content === undefined || content === null) {
    if (!mayHaveNoContent.has(role)) {
      throw invalidRequest('This message needs `content`: a text or a list of parts.', `${param}.content`);
    }
  } else if (Array.isArray(content)) {
    for (const [index, part] of content.entries()) checkPart(part, `${param}.content.${index}`);
  } else if (!isText(content)) {
    throw invalidRequest('The content of a message must be a text or a list of parts.', `${param}.content`);
  }
  optional(message, 'name', isText, 'a text', param);
  optional(message, 'refusal', isText, 'a text', param);
  optional(message, 'tool_call_id', isText, 'a text', param);
  optional(message, 'reasoning_content', isText, 'a text', param);
  optional(message, 'audio', isRecord, 'an object with `id`', param);
  optional(
    message,
    'thinking_blocks',
    (value) => Array.isArray(value) && value.every(isRecord),
    'a list of blocks',
    param,
  );
  optional(message, 'tool_calls', Array.isArray, 'a list', param);
  if (Array.isArray(message['tool_calls'])) {
    for (const [index, call] of message['tool_calls'].entries()) checkToolCall(call, `${param}.tool_calls.${index}`);
  }
  const { function_call: older } = message;
  if (older !== undefined && older !== null) checkFunction(older, `${param}.function_call`);
}

function checkToolCall(call: unknown, param: string): void {
  if (!isRecord(call)) throw invalidRequest('A tool call must be an object with `id`, `type` and `function`.', param);
  optional(call, 'id', isText, 'a text', param);
  const { custom } = call;
  if (call['function'] === undefined && isRecord(custom)) {
    if (!isText(custom['name']) || custom['name'] === '') {
      throw invalidRequest(
        'A call of a custom tool must have `custom`: { "name": "…", "input": "…" }.',
        `${param}.custom`,
      );
    }
    optional(custom, 'input', isText, 'a text', `${param}.custom`);
  } else checkFunction(call['function'], `${param}.function`);
}

function checkFunction(definition: unknown, param: string): void {
  if (!isRecord(definition) || !isText(definition['name']) || definition['name'] === '') {
    throw invalidRequest('A tool call must have `function`: { "name": "…", "arguments": "…" }.', param);
  }
  optional(definition, 'arguments', (value) => isText(value) || isRecord(value), 'JSON text', param);
}

function checkPart(part: unknown, param: string): void {
  if (!isRecord(part)) throw invalidRequest('A content part must be an object with `type`.', param);
  const { type } = part;
  // The only part that some clients send without a type.
  if (type === undefined && isRecord(part['cachePoint'])) return;
  if (!isText(type)) throw invalidRequest('A content part must be an object with `type`.', param);
  const shape = Object.hasOwn(shapes, type) ? shapes[type] : undefined;
  shape?.(part, param);
}

type Shape = (part: JsonRecord, param: string) => void;

/** A part that has its text under `name`. */
const textIn =
  (name: string): Shape =>
  (part, param) => {
    if (isText(part[name])) return;
    throw invalidRequest(
      `A part of type "${String(part['type'])}" must have its text in \`${name}\`.`,
      `${param}.${name}`,
    );
  };

/** A part that has an object under `name`, with texts in these fields as far as they are there. */
const objectIn =
  (name: string, example: string, ...fields: readonly string[]): Shape =>
  (part, param) => {
    const value = part[name];
    if (!isRecord(value))
      throw invalidRequest(`A part of type "${String(part['type'])}" must have ${example}.`, `${param}.${name}`);
    for (const field of fields) optional(value, field, isText, 'a text', `${param}.${name}`);
  };

const shapes: Readonly<Record<string, Shape>> = {
  text: textIn('text'),
  refusal: textIn('refusal'),
  guarded_text: textIn('text'),
  grounding_source: textIn('text'),
  query: textIn('text'),
  image_url: (part, param) => {
    const { image_url: image } = part;
    if (isText(image) || (isRecord(image) && isText(image['url']))) return;
    throw invalidRequest(
      'A part of type "image_url" must have `image_url`: { "url": "data:…" }.',
      `${param}.image_url`,
    );
  },
  file: objectIn(
    'file',
    '`file`: { "file_data": "data:…", "filename": "a.pdf" }',
    'file_data',
    'file_id',
    'filename',
    'format',
  ),
  input_audio: (part, param) => {
    const { input_audio: audio } = part;
    if (!isRecord(audio) || !isText(audio['data'])) {
      throw invalidRequest(
        'A part of type "input_audio" must have `input_audio`: { "data": "…", "format": "wav" }.',
        `${param}.input_audio`,
      );
    }
    optional(audio, 'format', isText, 'a text', `${param}.input_audio`);
  },
  video_url: (part, param) => {
    if (isText(part['video_url'])) return;
    objectIn('video_url', '`video_url`: { "url": "data:video/mp4;base64,…" }', 'url')(part, param);
  },
  input_video: objectIn('input_video', '`input_video`: { "url": "data:video/mp4;base64,…" }', 'url', 'data', 'format'),
  document: (part, param) => {
    objectIn(
      'source',
      '`source`: { "type": "base64", "media_type": "…", "data": "…" }',
      'type',
      'media_type',
      'data',
    )(part, param);
    optional(part, 'title', isText, 'a text', param);
    optional(part, 'context', isText, 'a text', param);
    checkCitations(part, param);
  },
  image: objectIn(
    'source',
    '`source`: { "type": "base64", "media_type": "…", "data": "…" }',
    'type',
    'media_type',
    'data',
  ),
  search_result: (part, param) => {
    textIn('source')(part, param);
    textIn('title')(part, param);
    const { content } = part;
    if (!Array.isArray(content) || !content.every((it) => isRecord(it) && isText(it['text']))) {
      throw invalidRequest('The content of a search result must be a list of texts.', `${param}.content`);
    }
    checkCitations(part, param);
  },
  thinking: (part, param) => {
    if (!isText(part['text'])) textIn('thinking')(part, param);
    optional(part, 'signature', isText, 'a text', param);
  },
  redacted_thinking: (part, param) => {
    if (!isText(part['redactedContent'])) textIn('data')(part, param);
  },
};

function checkCitations(part: JsonRecord, param: string): void {
  optional(part, 'citations', isRecord, 'an object with `enabled`', param);
  const { citations } = part;
  if (isRecord(citations))
    optional(citations, 'enabled', (it) => typeof it === 'boolean', 'true or false', `${param}.citations`);
}

function optional(holder: JsonRecord, field: string, check: Check, expected: string, param: string): void {
  const value = holder[field];
  if (value === undefined || value === null || check(value)) return;
  throw invalidRequest(`\`${param}.${field}\` must be ${expected}.`, `${param}.${field}`);
}
