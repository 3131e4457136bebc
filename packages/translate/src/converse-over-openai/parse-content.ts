import type {
  ConverseCachePointBlock,
  ConverseCitation,
  ConverseCitationsBlock,
  ConverseContentBlock,
  ConverseGuardContentBlock,
  ConverseMessage,
  ConverseReasoningBlock,
  ConverseSearchResultBlock,
  ConverseSystemBlock,
  ConverseToolResultBlock,
  ConverseToolResultContent,
  ConverseToolUseBlock,
} from '@genai-gateway/protocol';
import { invalidRequest, withoutUndefined } from '../json.ts';
import { jsonObject, ObjectReader } from './object-reader.ts';
import { audioBlock, citationsConfig, documentBlock, imageBlock, textPiece, videoBlock } from './parse-media.ts';
import { unionReader } from './union-reader.ts';

type Role = ConverseMessage['role'];

const userKinds = [
  'text',
  'image',
  'document',
  'video',
  'audio',
  'toolResult',
  'guardContent',
  'searchResult',
  'cachePoint',
] as const;
const assistantKinds = ['text', 'image', 'toolUse', 'reasoningContent', 'citationsContent', 'cachePoint'] as const;
const systemKinds = ['text', 'guardContent', 'cachePoint'] as const;
const resultKinds = ['text', 'json', 'image', 'document', 'video', 'searchResult'] as const;

type Kind = (typeof userKinds)[number] | (typeof assistantKinds)[number];

/** Which blocks a message of each role may hold. */
const kindsOfRole: Readonly<Record<Role, readonly Kind[]>> = {
  user: userKinds,
  assistant: assistantKinds,
  system: systemKinds,
};
const knownKinds: ReadonlySet<string> = new Set(Object.values(kindsOfRole).flat());

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
  const { kind, reader } = unionReader(value, place, systemKinds, knownKinds);
  switch (kind) {
    case 'text':
      return { text: reader.text('text') };
    case 'guardContent':
      return reader.object('guardContent', guardContent);
    case 'cachePoint':
      return cachePoint(reader);
  }
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
  const { kind, reader } = unionReader(value, place, kindsOfRole[role], knownKinds);
  switch (kind) {
    case 'text':
      return { text: reader.text('text') };
    case 'image':
      return reader.object('image', imageBlock);
    case 'document':
      return reader.object('document', documentBlock);
    case 'video':
      return reader.object('video', videoBlock);
    case 'audio':
      return reader.object('audio', audioBlock);
    case 'guardContent':
      return reader.object('guardContent', guardContent);
    case 'searchResult':
      return reader.object('searchResult', searchResult);
    case 'toolUse':
      return reader.object('toolUse', toolUse);
    case 'toolResult':
      return reader.object('toolResult', toolResult);
    case 'reasoningContent':
      return reader.object('reasoningContent', reasoning);
    case 'citationsContent':
      return reader.object('citationsContent', citationsContent);
    case 'cachePoint':
      return cachePoint(reader);
  }
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
  const reader = new ObjectReader(value, place, ['toolUseId', 'content', 'status', 'type']);
  return {
    toolResult: withoutUndefined({
      toolUseId: toolUseId(reader),
      content: reader.list('content', toolResultContent),
      status: reader.optionalChoice('status', ['success', 'error']),
      type: reader.optionalText('type'),
    }),
  };
}

function toolResultContent(value: unknown, place: string): ConverseToolResultContent {
  const { kind, reader } = unionReader(value, place, resultKinds, knownKinds);
  switch (kind) {
    case 'text':
      return { text: reader.text('text') };
    case 'json':
      return { json: reader.anyJson('json') };
    case 'image':
      return reader.object('image', imageBlock);
    case 'document':
      return reader.object('document', documentBlock);
    case 'video':
      return reader.object('video', videoBlock);
    case 'searchResult':
      return reader.object('searchResult', searchResult);
  }
}

function guardContent(value: unknown, place: string): ConverseGuardContentBlock {
  const { kind, reader } = unionReader(value, place, ['text', 'image']);
  if (kind === 'image') {
    return reader.object('image', (it, at) => {
      const image = new ObjectReader(it, at, ['format', 'source']);
      const format = image.choice('format', ['png', 'jpeg']);
      const source = image.object('source', (bytes, where) => ({
        bytes: new ObjectReader(bytes, where, ['bytes']).text('bytes'),
      }));
      return { guardContent: { image: { format, source } } };
    });
  }
  return reader.object('text', (it, at) => {
    const text = new ObjectReader(it, at, ['text', 'qualifiers']);
    return {
      guardContent: {
        text: withoutUndefined({ text: text.text('text'), qualifiers: text.optionalTexts('qualifiers') }),
      },
    };
  });
}

function searchResult(value: unknown, place: string): ConverseSearchResultBlock {
  const reader = new ObjectReader(value, place, ['source', 'title', 'content', 'citations']);
  return {
    searchResult: withoutUndefined({
      source: reader.text('source'),
      title: reader.text('title'),
      content: reader.list('content', textPiece),
      citations: reader.optionalObject('citations', citationsConfig),
    }),
  };
}

/** The sources of an earlier answer are what some model said of them: any objects will do, because none goes on. */
function citationsContent(value: unknown, place: string): ConverseCitationsBlock {
  const reader = new ObjectReader(value, place, ['content', 'citations']);
  const citations = reader.optionalList('citations', (it, at) => jsonObject(it, at) as ConverseCitation);
  return { citationsContent: withoutUndefined({ content: reader.optionalList('content', textPiece), citations }) };
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
