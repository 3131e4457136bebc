import {
  type AnthropicReply,
  type AnthropicStreamEvent,
  type ConverseReply,
  type ConverseRequest,
  sseNamed,
} from '@genai-gateway/protocol';
import { violations } from '../../openai-over-converse/test-support/converse-rules.ts';
import {
  type ConverseUpstream,
  dataIn,
  eventsThrough,
  streamed,
  WHOLE,
  wholeAnswer,
} from '../../test-support/vectors/converse-stream.ts';
import { type RuleRow, type VectorDirection, withDropped } from '../../test-support/vectors/direction.ts';
import { firstDifference } from '../../test-support/vectors/first-difference.ts';
import { type AnthropicToConverseContext, anthropicToConverse } from '../anthropic-to-converse.ts';
import { type ConverseToAnthropicContext, converseToAnthropic } from '../converse-to-anthropic.ts';
import { parseAnthropicRequest } from '../parse-anthropic.ts';
import { ConverseToAnthropicStream } from '../stream.ts';
import { sdkMessage } from './sdk-message.ts';
import { streamViolations } from './stream-rules.ts';

const REQUEST = 'anthropic.request.json';
const UPSTREAM = 'upstream.json';
const EVENTS = 'anthropic.response.sse';
const REPLY = 'anthropic.response.json';
const answer = { id: 'msg_vector', model: 'm' };

/**
 * A client of Anthropic's Messages, a model of Bedrock by Converse. `upstream.json` has its name and the events of its stream;
 * `upstream.response.json` is a whole answer. A case may have both, which then say the same, or be about the request alone.
 */
export const anthropicOverConverse: VectorDirection = {
  name: 'anthropic-over-converse',
  given: [REQUEST, UPSTREAM, WHOLE],
  deriveRow,

  derive(given, pieceBytes) {
    const upstream = given.json(UPSTREAM) as ConverseUpstream;
    const parsed = parseAnthropicRequest(given.json(REQUEST));
    const { request, droppedParams, ...rest } = anthropicToConverse(parsed, { modelId: upstream.modelId });
    const context = { ...answer, ...rest, model: parsed.model };
    return {
      'converse.request.json': request,
      'dropped-params.json': droppedParams,
      ...streamed(upstream, pieceBytes, new ConverseToAnthropicStream(context), EVENTS, sseText),
      ...wholeAnswer(given, REPLY, (reply) => converseToAnthropic(reply, context)),
    };
  },

  async violations(derived) {
    const found = requestViolations(derived['converse.request.json'] as ConverseRequest);
    const { error } = (derived['outcome.json'] ?? { error: '' }) as { readonly error: string | null };
    if (error !== null) return found;
    const events = dataIn(String(derived[EVENTS]));
    const joined = await sdkMessage(events);
    const whole = derived[REPLY] as AnthropicReply | undefined;
    const unlike = whole === undefined ? undefined : firstDifference(comparable(joined), comparable(whole));
    return [
      ...found,
      ...streamViolations(events),
      ...(unlike === undefined ? [] : [`what the SDK joins and the whole answer: ${unlike}`]),
    ];
  },
};

/** Claude's own order of blocks stays as it is, and so do its citations; the rules were made for clients without either. */
export function requestViolations(request: ConverseRequest): readonly string[] {
  const known = ['content after a tool call', 'a block that this translation never makes'];
  return violations(request).filter((what) => !known.some((each) => what.endsWith(each)));
}

/** The SDK takes some counts of the first event only, where nothing is known yet. */
function comparable({ usage, ...message }: AnthropicReply): unknown {
  const { cache_creation: _creation, service_tier: _tier, ...counts } = usage;
  return JSON.parse(JSON.stringify({ ...message, usage: counts }));
}

/** `request` as a client sends it, to the model `modelId`; or `reply`, a whole answer; or `events`, those of a stream. */
function deriveRow({ request, modelId, reply, events, toolNames = {}, context = {}, ...more }: RuleRow): unknown {
  const names = new Map(Object.entries(toolNames as Record<string, string>));
  const answering: ConverseToAnthropicContext = { ...answer, ...more, toolNames: names };
  if (reply !== undefined) return converseToAnthropic(reply as ConverseReply, answering);
  if (Array.isArray(events)) return eventsThrough(new ConverseToAnthropicStream(answering), events);
  const parsed = parseAnthropicRequest(request, { messages: 'optional' });
  const asked = { ...(context as Omit<AnthropicToConverseContext, 'modelId'>), modelId: String(modelId) };
  const { request: body, droppedParams } = anthropicToConverse(parsed, asked);
  return withDropped(body, droppedParams);
}

function sseText(events: readonly AnthropicStreamEvent[]): string {
  return events.map((event) => sseNamed(event.type, event)).join('');
}
