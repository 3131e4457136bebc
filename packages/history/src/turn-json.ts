import { GatewayError } from '@genai-gateway/core';
import type { ApiMessage, ChatApi } from '@genai-gateway/protocol';
import type { Turn } from './turn.ts';

const VERSION = 1;

const apis: ReadonlySet<unknown> = new Set<ChatApi>(['openai', 'converse', 'anthropic']);

/** A turn as the bytes that stores keep: JSON in UTF-8, with the version of its form. */
export function turnToBytes(turn: Turn): Uint8Array {
  const { turnId, startedAtMs, endedAtMs, model, system, messages, answer, stopReason, usage, isBlocked } = turn;
  const known = { turnId, startedAtMs, endedAtMs, model, system, messages, answer, stopReason, usage, isBlocked };
  return Buffer.from(JSON.stringify({ version: VERSION, ...known }));
}

/**
 * The turn that `turnToBytes` has written. Throws `history-unavailable` for anything else: a conversation with a hole
 * would be read as a whole one. Fields that it does not know are let go; who changes what the known ones mean gives
 * the form a new version.
 */
export function turnFromBytes(bytes: Uint8Array): Turn {
  const fields = fieldsOf(parse(bytes), 'the turn');
  if (fields['version'] !== VERSION)
    throw unreadable(`it has version ${JSON.stringify(fields['version'])}, not ${VERSION}`);
  return {
    turnId: text(fields, 'turnId'),
    startedAtMs: time(fields, 'startedAtMs'),
    endedAtMs: time(fields, 'endedAtMs'),
    model: text(fields, 'model'),
    system: fields['system'] === undefined ? undefined : (objects(fields, 'system') as Turn['system']),
    messages: objects(fields, 'messages').map(apiMessage),
    answer: apiMessage(fields['answer']),
    stopReason: fields['stopReason'] === undefined ? undefined : text(fields, 'stopReason'),
    usage: fields['usage'] === undefined ? undefined : fieldsOf(fields['usage'], 'usage'),
    isBlocked: flag(fields, 'isBlocked'),
  };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw unreadable('it is not JSON', cause);
  }
}

/** What is inside a message was once taken from a caller or an upstream as it was, and is given back so. */
function apiMessage(value: unknown): ApiMessage {
  const { api, message } = fieldsOf(value, 'a message');
  if (!apis.has(api)) throw unreadable(`a message has the API ${JSON.stringify(api)}`);
  text(fieldsOf(message, 'a message'), 'role');
  return { api, message } as ApiMessage;
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown, what: string): Fields {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Fields;
  throw unreadable(`${what} is not an object`);
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === 'string') return value;
  throw unreadable(`${name} is not a string`);
}

function time(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value === 'number') return value;
  throw unreadable(`${name} is not a number`);
}

function flag(fields: Fields, name: string): boolean {
  const value = fields[name];
  if (typeof value === 'boolean') return value;
  throw unreadable(`${name} is not a boolean`);
}

function objects(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name];
  if (!Array.isArray(value)) throw unreadable(`${name} is not a list`);
  return value.map((each) => fieldsOf(each, `a part of ${name}`));
}

/** `why` is for operators: it may name fields of a turn, never what is in it. */
function unreadable(why: string, cause?: unknown): GatewayError {
  return new GatewayError(
    'history-unavailable',
    'A turn of this session cannot be read. Start a new session, or ask the operator of the gateway for this one.',
    { cause: new Error(`a stored turn cannot be read: ${why}`, { cause }) },
  );
}
