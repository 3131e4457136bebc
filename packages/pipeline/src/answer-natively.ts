import type { GatewayError } from '@genai-gateway/core';
import { settled } from './booking.ts';
import type { Call } from './call.ts';
import { collect, type UpstreamAnswer } from './collect.ts';
import { codecFor, noteUsage, passOn } from './native-answer.ts';
import type { ConverseListener } from './native-codec.ts';
import { relay } from './relay.ts';
import type { Services } from './services.ts';
import type { ModelOperation, UpstreamListener } from './upstream.ts';
import { upstreamError } from './upstream-error.ts';

/** How the answer to a call in Bedrock's own API goes back. */
export interface NativeAnswer {
  readonly operation: ModelOperation;
  readonly send: (listener: UpstreamListener) => void;
  /** Headers beside the upstream's own. */
  readonly added?: Readonly<Record<string, string>>;
  /** Gets every event of a stream. */
  readonly listener?: ConverseListener | undefined;
  /** Gets a whole answer. */
  readonly onAnswer?: (body: Buffer) => void;
  /** What Bedrock said, of an answer that came by way of somebody else. */
  readonly asBedrocks?: (answer: UpstreamAnswer) => UpstreamAnswer;
  /** A refusal as an error of ours, for a stream that was opened before it came. */
  readonly errorOf?: (refusal: UpstreamAnswer) => GatewayError;
}

/** Sends it and gives the answer as it comes, whole or as a stream, noting what was used. */
export async function answerNatively(call: Call, services: Services, native: NativeAnswer): Promise<void> {
  const { operation, send, added, listener, onAnswer, errorOf = upstreamError } = native;
  const { asBedrocks = (answer: UpstreamAnswer) => answer } = native;
  const codec = codecFor(operation, call.record, added, listener);
  if (codec === undefined) {
    const answer = asBedrocks(await collect(call, services, send));
    if (answer.status === 200) {
      noteUsage(call, operation, answer);
      onAnswer?.(answer.body);
      await settled(call);
    }
    passOn(call, answer, added);
    return;
  }
  const refusal = await relay(call, services, send, codec);
  if (refusal === undefined) return;
  const answer = asBedrocks(refusal);
  // A stream that had to be opened before the refusal came can only end with it.
  if (call.reply.started) throw errorOf(refusal);
  passOn(call, answer, added);
}
