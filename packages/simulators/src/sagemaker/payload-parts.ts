import { encodeExceptionFrame, frameEncoder } from '@genai-gateway/protocol';
import type { Piece, StreamFormat } from '../openai/http/stream-sender.ts';
import { scriptedEvent } from '../openai/sse.ts';
import type { ScriptEvent, StreamException } from '../script/script.ts';

const encodePart = frameEncoder({
  ':event-type': 'PayloadPart',
  ':content-type': 'application/octet-stream',
  ':message-type': 'event',
});

/** The two exceptions a response stream of SageMaker can carry, for each that a script can ask for. */
const exceptionOf: Readonly<Record<StreamException, 'InternalStreamFailure' | 'ModelStreamError'>> = {
  internalServerException: 'InternalStreamFailure',
  modelStreamErrorException: 'ModelStreamError',
  modelTimeoutException: 'ModelStreamError',
  serviceUnavailableException: 'InternalStreamFailure',
  throttlingException: 'ModelStreamError',
  validationException: 'ModelStreamError',
};

/**
 * The stream of `invocations-response-stream`: what the container says, in frames. `ModelStreamError` has a code.
 * Source: `ResponseStream` of the service's model (botocore 1.43.126, `sagemaker-runtime/2017-05-13`, read 2026-11-23).
 */
export const payloadParts: StreamFormat = {
  contentType: 'application/vnd.amazon.eventstream',
  failure: (name, Message) => {
    const exception = exceptionOf[name];
    const code = name === 'modelTimeoutException' ? 'ModelInvocationTimeExceeded' : 'StreamBroken';
    const encode = frameEncoder({
      ':exception-type': exception,
      ':content-type': 'application/json',
      ':message-type': 'exception',
    });
    return encode(JSON.stringify(exception === 'ModelStreamError' ? { Message, ErrorCode: code } : { Message }));
  },
  damage: (piece) => {
    const damaged = Buffer.from(piece);
    damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 0xff;
    return damaged;
  },
};

/** A scripted event in a frame, its payload as the script wrote it; an exception under its own name. */
export function scriptedPart(event: ScriptEvent): Piece {
  if ('exception' in event)
    return { bytes: encodeExceptionFrame(event.exception, event.message ?? 'A scripted failure.') };
  return { bytes: encodePart(scriptedEvent(event).bytes) };
}

/** A container's events, each in a frame of its own. */
export function* inPayloadParts(pieces: Iterable<Piece>): Generator<Piece> {
  for (const { bytes, ends } of pieces) yield { bytes: encodePart(bytes), ...(ends === undefined ? {} : { ends }) };
}
