import { exceptionStatus, isExceptionName } from '../errors.ts';
import { isObject, type JsonObject } from '../json.ts';
import { operations } from '../wire/routes.ts';
import { type SimulatorScript, stopReasons, streamExceptions } from './script.ts';

/** Thrown for a script that cannot be right; the message names the field. */
export class ScriptError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ScriptError';
  }
}

type Check = (value: unknown, place: string) => void;

function fail(place: string, wanted: string): never {
  throw new ScriptError(`${place} must be ${wanted}`);
}

const text: Check = (value, place) => {
  if (typeof value !== 'string') fail(place, 'a string');
};
const name: Check = (value, place) => {
  if (typeof value !== 'string' || value === '') fail(place, 'a string that is not empty');
};
const count: Check = (value, place) => {
  if (!Number.isSafeInteger(value) || (value as number) < 0) fail(place, 'a whole number from 0');
};
const positive: Check = (value, place) => {
  if (!Number.isSafeInteger(value) || (value as number) < 1) fail(place, 'a whole number from 1');
};
const anything: Check = () => {};
const base64: Check = (value, place) => {
  if (typeof value !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(value) || value.length % 4 !== 0)
    fail(place, 'base64');
};

function oneOf(values: readonly string[]): Check {
  return (value, place) => {
    if (typeof value !== 'string' || !values.includes(value)) fail(place, `one of ${values.join(', ')}`);
  };
}

function listOf(check: Check): Check {
  return (value, place) => {
    if (!Array.isArray(value)) fail(place, 'a list');
    for (const [at, item] of value.entries()) check(item, `${place}[${at}]`);
  };
}

/** An object with these fields and no others; a `?` at the end of a name makes the field optional. */
function shape(fields: Readonly<Record<string, Check>>): Check {
  return (value, place) => {
    if (!isObject(value)) fail(place, 'an object');
    for (const key of Object.keys(value)) {
      if (!(key in fields) && !(`${key}?` in fields)) throw new ScriptError(`${place}.${key} is unknown`);
    }
    for (const [field, check] of Object.entries(fields)) {
      const key = field.replace('?', '');
      const given = value[key];
      if (given !== undefined) check(given, `${place}.${key}`);
      else if (!field.endsWith('?')) throw new ScriptError(`${place}.${key} is missing`);
    }
  };
}

const faultShapes: Readonly<Record<string, Check>> = {
  exception: shape({
    kind: anything,
    name: (value, place) => {
      if (!isExceptionName(value)) fail(place, `one of ${Object.keys(exceptionStatus).join(', ')}`);
    },
    'message?': text,
    'retryAfterSeconds?': count,
  }),
  'stream-exception': shape({ kind: anything, name: oneOf(streamExceptions), 'message?': text, afterEvents: count }),
  cut: (value, place) => {
    const where = (value as JsonObject)['afterBytes'] === undefined ? 'afterEvents' : 'afterBytes';
    shape({ kind: anything, [where]: count })(value, place);
  },
  'no-message-stop': shape({ kind: anything }),
  stall: shape({ kind: anything, afterEvents: count }),
  'corrupt-crc': shape({ kind: anything, afterEvents: count }),
};

const fault: Check = (value, place) => {
  if (!isObject(value)) fail(place, 'an object');
  const check = faultShapes[String(value['kind'])];
  if (check === undefined) fail(`${place}.kind`, `one of ${Object.keys(faultShapes).join(', ')}`);
  check(value, place);
};

const event: Check = (value, place) => {
  if (isObject(value) && 'exception' in value) shape({ exception: name, 'message?': text })(value, place);
  else shape({ type: name, payload: anything })(value, place);
};

const toolInput: Check = (value, place) => {
  if (typeof value !== 'string' && !isObject(value)) fail(place, 'an object or a string');
};

const script = shape({
  'match?': shape({ 'modelId?': name, 'operation?': oneOf(operations), 'contains?': name }),
  'times?': positive,
  reply: shape({
    'text?': text,
    'chunks?': listOf(text),
    'reasoning?': shape({ text, 'signature?': text }),
    'redactedReasoning?': base64,
    'toolCalls?': listOf(shape({ name, 'toolUseId?': name, 'input?': toolInput, 'inputChunks?': listOf(text) })),
    'citations?': listOf(shape({ title: text, citedText: text, 'documentIndex?': count })),
    'stopReason?': oneOf(stopReasons),
    'stopSequence?': text,
    'usage?': shape({
      'inputTokens?': count,
      'outputTokens?': count,
      'cacheReadInputTokens?': count,
      'cacheWriteInputTokens?': count,
    }),
    'firstByteDelayMs?': count,
    'firstEventDelayMs?': count,
    'paceMs?': count,
    'events?': listOf(event),
    'fault?': fault,
  }),
});

/** Checks what came in at the control endpoint. Throws `ScriptError`, whose message names the field at fault. */
export function parseScript(value: unknown): SimulatorScript {
  script(value, 'script');
  return value as SimulatorScript;
}
