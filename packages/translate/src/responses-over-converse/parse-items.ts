import { invalidRequest, isRecord, type JsonRecord } from '../json.ts';

const roles = ['user', 'assistant', 'system', 'developer'];

/** Items of `input` that only OpenAI itself can go on with, and what to send instead; others of its tools: `otherItem`. */
const refusedItems: Readonly<Record<string, string>> = {
  item_reference:
    'Nothing is stored here that an item could be looked up in. Send the item itself, as the answer gave it; clients that send references do so because of `store`, so set `store` to false there.',
  compaction:
    'Only OpenAI can read its compacted items. Send the items that were compacted, or a summary as a message.',
  compaction_trigger: 'Conversations are not compacted here. Leave it out, and send fewer items or a summary.',
};

const otherItem =
  'Items of this type belong to tools that run at OpenAI. Send what they have found as the text of a message, or offer a tool of type "function".';

/** Checks the shape of one item of `input`. Throws `invalid-request` below `param`. */
export function checkItem(item: unknown, param: string): void {
  if (!isRecord(item)) throw invalidRequest('An item of `input` must be an object with `type` or `role`.', param);
  const type = typeOf(item);
  switch (type) {
    case 'message':
      checkMessage(item, param);
      return;
    case 'function_call':
      texts(item, ['call_id', 'name', 'arguments'], param);
      notEmpty(item, ['call_id', 'name'], param);
      return;
    case 'custom_tool_call':
      texts(item, ['call_id', 'name', 'input'], param);
      notEmpty(item, ['call_id', 'name'], param);
      return;
    case 'function_call_output':
    case 'custom_tool_call_output':
      texts(item, ['call_id'], param);
      checkContent(item['output'], `${param}.output`);
      return;
    case 'reasoning': {
      const encrypted = item['encrypted_content'];
      if (encrypted === undefined || encrypted === null || typeof encrypted === 'string') return;
      throw invalidRequest('`encrypted_content` must be the text that the answer gave.', `${param}.encrypted_content`);
    }
    case undefined:
      throw invalidRequest('An item of `input` must have a `type`, or a `role` and `content`.', param);
    default:
      throw invalidRequest(
        (Object.hasOwn(refusedItems, type) ? refusedItems[type] : undefined) ?? otherItem,
        `${param}.type`,
      );
  }
}

/** A message may leave its type out, and so may a reference, which has an id alone. */
function typeOf(item: JsonRecord): string | undefined {
  const { type } = item;
  if (typeof type === 'string') return type;
  if (type !== undefined && type !== null) return undefined;
  if ('role' in item) return 'message';
  return typeof item['id'] === 'string' ? 'item_reference' : undefined;
}

function checkMessage(item: JsonRecord, param: string): void {
  if (!roles.includes(String(item['role']))) {
    throw invalidRequest(`The role of a message must be one of ${roles.join(', ')}.`, `${param}.role`);
  }
  checkContent(item['content'], `${param}.content`);
}

function checkContent(content: unknown, param: string): void {
  if (typeof content === 'string') return;
  if (!Array.isArray(content)) throw invalidRequest('This must be a text or a list of parts.', param);
  for (const [index, part] of content.entries()) checkPart(part, `${param}.${index}`);
}

function checkPart(part: unknown, param: string): void {
  if (!isRecord(part) || typeof part['type'] !== 'string') {
    throw invalidRequest('A content part must be an object with `type`.', param);
  }
  switch (part['type']) {
    case 'input_text':
    case 'output_text':
    case 'text':
      texts(part, ['text'], param);
      return;
    case 'refusal':
      texts(part, ['refusal'], param);
      return;
    case 'input_image':
      if (typeof part['image_url'] === 'string' && part['image_url'] !== '') return;
      throw invalidRequest(
        'An image must be in `image_url`, as a "data:" URI: files are not stored here.',
        `${param}.image_url`,
      );
    case 'input_file':
      if (typeof part['file_data'] === 'string' && part['file_data'] !== '') {
        if (part['filename'] === undefined || part['filename'] === null || typeof part['filename'] === 'string') return;
        throw invalidRequest('`filename` must be a text.', `${param}.filename`);
      }
      throw invalidRequest(
        'A file must be in `file_data`, as a "data:" URI: files are not stored here, and addresses are not fetched.',
        `${param}.file_data`,
      );
    case 'input_audio':
      if (isRecord(part['input_audio'])) return;
      throw invalidRequest(
        'A part of type "input_audio" must have `input_audio`: { "data": "…", "format": "…" }.',
        param,
      );
    default:
      throw invalidRequest(
        'This kind of content part is not supported. Send "input_text", "input_image" or "input_file".',
        `${param}.type`,
      );
  }
}

function texts(holder: JsonRecord, fields: readonly string[], param: string): void {
  for (const field of fields) {
    if (typeof holder[field] !== 'string') throw invalidRequest(`\`${field}\` must be a text.`, `${param}.${field}`);
  }
}

function notEmpty(holder: JsonRecord, fields: readonly string[], param: string): void {
  for (const field of fields) {
    if (holder[field] === '') throw invalidRequest(`\`${field}\` must not be empty.`, `${param}.${field}`);
  }
}
