import { encodeExceptionFrame, frameEncoder } from '@genai-gateway/protocol';
import type { StreamEvent } from '../converse/converse-output.ts';
import { isObject } from '../json.ts';
import type { ScriptEvent } from '../script/script.ts';

const PADDING = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

type Encoder = ReturnType<typeof frameEncoder>;

const encoders = new Map<string, Encoder>();

function encoderOf(eventType: string): Encoder {
  let encoder = encoders.get(eventType);
  if (encoder === undefined) {
    encoder = frameEncoder({ ':event-type': eventType, ':content-type': 'application/json', ':message-type': 'event' });
    encoders.set(eventType, encoder);
  }
  return encoder;
}

/**
 * The frame of one event of a made stream. Like Bedrock it pads every payload with a start of the alphabet in `p`, so
 * that lengths do not give the text away; here the length follows from the payload, to keep equal streams equal.
 */
export function paddedFrame({ type, payload }: StreamEvent): Buffer {
  const inner = JSON.stringify(payload);
  const p = PADDING.slice(0, 2 + ((inner.length * 7) % (PADDING.length - 2)));
  if (type === 'chunk') {
    return encoderOf(type)(JSON.stringify({ bytes: Buffer.from(inner).toString('base64'), p }));
  }
  return encoderOf(type)(JSON.stringify(isObject(payload) ? { ...payload, p } : payload));
}

/** The frame of a scripted event, its payload as the script wrote it. */
export function scriptedFrame(event: ScriptEvent): Buffer {
  if ('exception' in event) return encodeExceptionFrame(event.exception, event.message ?? 'A scripted failure.');
  const inner = JSON.stringify(event.payload);
  if (event.type !== 'chunk') return encoderOf(event.type)(inner);
  return encoderOf('chunk')(JSON.stringify({ bytes: Buffer.from(inner).toString('base64') }));
}

/** True for the first of the events that end a reply: what a model that breaks off never sends. */
export function isEnding({ type, payload }: StreamEvent): boolean {
  if (type === 'messageStop') return true;
  if (type !== 'chunk' || !isObject(payload)) return false;
  return (
    payload['type'] === 'message_delta' || 'messageStop' in payload || 'amazon-bedrock-invocationMetrics' in payload
  );
}
