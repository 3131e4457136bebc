import type {
  ConverseCachePointBlock,
  ConverseContentBlock,
  ConverseImageBlock,
  ConverseMessage,
  ConverseReasoningBlock,
  ConverseSystemBlock,
  ConverseToolResultBlock,
  ConverseToolResultContent,
  ConverseToolUseBlock,
} from '@genai-gateway/protocol';
import { invalidRequest, withoutUndefined } from '../json.ts';
import { ObjectReader } from './object-reader.ts';

type Role = ConverseMessage['role'];
type Kind = 'text' | 'image' | 'toolUse' | 'toolResult' | 'reasoningContent' | 'citationsContent' | 'cachePoint';

/** Which blocks a message of each role may hold. */
const kindsOfRole: Readonly<Record<Role, readonly Kind[]>> = {
  user: ['text', 'image', 'toolResult', 'cachePoint'],
  assistant: ['text', 'image', 'toolUse', 'reasoningContent', 'citationsContent', 'cachePoint'],
  system: ['text', 'cachePoint'],
};
const knownKinds = new Set<string>(Object.values(kindsOfRole).flat());

/** Blocks of Converse without translation, and what to do instead. */
const refusedKinds: Readonly<Record<string, string>> = {
  document: 'Send the text of the document in a `text` block.',
  video: 'Send images of it in `image` blocks.',
  audio: 'Send its transcript in a `text` block.',
  guardContent: 'Send the text in a `text` block; this model is not called with a Bedrock guardrail.',
  searchResult: 'Send the text of the search result in a `text` block.',
  toolAddition: 'Send all tools in `toolConfig.tools`.',
  toolRemoval: 'Send the tools that are left in `toolConfig.tools`.',
};

/** One of `messages`. Throws `invalid-request` with the place of the fault. */
export function parseMessage(value: unknown, place: string): ConverseMessage {
  const message = new ObjectReader(value, place, ['role', 'content']);
  const role = message.choice('role', ['user', 'assistant', 'system']);
  const content = message.list('content', (block, at) => parseBlock(block, at, role));
  if (content.length === 0) throw invalidRequest('A message must hold at least one content block.', `${place}.content`);
  return { role, content };
}

/** One of `system`. Throws `invalid-request` with the place of the fault. */
export function parseSystemBlock(value: unknown, place: string): ConverseSystemBlock {
  const block = unionReader(value, place, kindsOfRole.system);
  return block.kind === 'text' ? { text: block.reader.text('text') } : cachePoint(block.reader);
}

/** The reader of a `cachePoint` block, as the block. Throws `invalid-request` with the place of the fault. */
export function cachePoint(reader: ObjectReader): ConverseCachePointBlock {
  return reader.object('cachePoint', (value, place) => {
    const point = new ObjectReader(value, place, ['type', 'ttl']);
    const type = point.choice('type', ['default']);
    return { cachePoint: withoutUndefined({ type, ttl: point.optionalChoice('ttl', ['5m', '1h']) }) };
  });
}

function parseBlock(value: unknown, place: string, role: Role): ConverseContentBlock {
  const { kind, reader } = unionReader(value, place, kindsOfRole[role]);
  switch (kind) {
    case 'text':
      return { text: reader.text('text') };
    case 'image':
      return reader.object('image', image);
    case 'toolUse':
      return reader.object('toolUse', toolUse);
    case 'toolResult':
      return reader.object('toolResult', toolResult);
    case 'reasoningContent':
      return reader.object('reasoningContent', reasoning);
    case 'citationsContent':
      return { citationsContent: reader.json('citationsContent') };
    case 'cachePoint':
      return cachePoint(reader);
  }
}

/**
 * A union of AWS: an object with exactly one field, whose name says what it is.
 * Throws `invalid-request` for none, several, and one that is not in `kinds`.
 */
function unionReader<K extends string>(
  value: unknown,
  place: string,
  kinds: readonly K[],
): { readonly kind: K; readonly reader: ObjectReader } {
  const reader = ObjectReader.ofAnyFields(value, place);
  const [name, ...more] = reader.given();
  if (name === undefined || more.length > 0) {
    throw invalidRequest(`A block has exactly one field, one of: ${kinds.join(', ')}.`, place);
  }
  const kind = kinds.find((known) => known === name);
  if (kind !== undefined) return { kind, reader };
  const mend = Object.hasOwn(refusedKinds, name) ? refusedKinds[name] : undefined;
  if (mend !== undefined) throw invalidRequest(`\`${name}\` is not supported for this model. ${mend}`, reader.at(name));
  const what = knownKinds.has(name) ? `\`${name}\` blocks do not belong here` : 'This is no block that is known here';
  throw invalidRequest(`${what}; possible are: ${kinds.join(', ')}.`, reader.at(name));
}

function image(value: unknown, place: string): ConverseImageBlock {
  const reader = new ObjectReader(value, place, ['format', 'source']);
  const format = reader.choice('format', ['png', 'jpeg', 'gif', 'webp']);
  const source = reader.object('source', (it, at) => {
    const { kind, reader: inner } = unionReader(it, at, ['bytes', 's3Location']);
    if (kind === 'bytes') return { bytes: inner.text('bytes') };
    return inner.object('s3Location', (location, where) => {
      const found = new ObjectReader(location, where, ['uri', 'bucketOwner']);
      return {
        s3Location: withoutUndefined({ uri: found.text('uri'), bucketOwner: found.optionalText('bucketOwner') }),
      };
    });
  });
  return { image: { format, source } };
}

function toolUse(value: unknown, place: string): ConverseToolUseBlock {
  const reader = new ObjectReader(value, place, ['toolUseId', 'name', 'input', 'type']);
  return {
    toolUse: withoutUndefined({
      toolUseId: toolUseId(reader),
      name: toolName(reader),
      input: reader.json('input'),
      type: reader.optionalText('type'),
    }),
  };
}

function toolResult(value: unknown, place: string): ConverseToolResultBlock {
  const reader = new ObjectReader(value, place, ['toolUseId', 'content', 'status']);
  return {
    toolResult: withoutUndefined({
      toolUseId: toolUseId(reader),
      content: reader.list('content', toolResultContent),
      status: reader.optionalChoice('status', ['success', 'error']),
    }),
  };
}

function toolResultContent(value: unknown, place: string): ConverseToolResultContent {
  const { kind, reader } = unionReader(value, place, ['text', 'json', 'image']);
  switch (kind) {
    case 'text':
      return { text: reader.text('text') };
    case 'json':
      return { json: reader.anyJson('json') };
    case 'image':
      return reader.object('image', image);
  }
}

function reasoning(value: unknown, place: string): ConverseReasoningBlock {
  const { kind, reader } = unionReader(value, place, ['reasoningText', 'redactedContent']);
  if (kind === 'redactedContent') return { reasoningContent: { redactedContent: reader.text('redactedContent') } };
  const reasoningText = reader.object('reasoningText', (it, at) => {
    const text = new ObjectReader(it, at, ['text', 'signature']);
    return withoutUndefined({ text: text.text('text'), signature: text.optionalText('signature') });
  });
  return { reasoningContent: { reasoningText } };
}

/**
 * Not bound to Bedrock's pattern: the id is the one that the model's provider gave, and LiteLLM keeps the
 * thought signature of Gemini in it (litellm 1.106.2, litellm_core_utils/prompt_templates/factory.py, read 2026-11-23).
 */
function toolUseId(reader: ObjectReader): string {
  const id = reader.text('toolUseId');
  if (id === '') throw invalidRequest('`toolUseId` must not be empty.', reader.at('toolUseId'));
  return id;
}

/**
 * The name of a tool in the field `name`: `[A-Za-z0-9_-]{1,64}`, at OpenAI as at Bedrock.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolSpecification.html (as of 2026-11-22).
 */
export function toolName(reader: ObjectReader): string {
  const name = reader.text('name');
  if (/^[\w-]{1,64}$/.test(name)) return name;
  throw invalidRequest('The name of a tool has 1 to 64 letters, digits, "_" or "-".', reader.at('name'));
}
