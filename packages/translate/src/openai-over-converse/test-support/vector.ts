import { type ConverseReply, type ConverseRequest, type OpenaiChunk, SSE_DONE, sseData } from '@genai-gateway/protocol';
import {
  type ConverseUpstream,
  dataIn,
  eventsThrough,
  streamed,
  WHOLE,
  wholeAnswer,
} from '../../test-support/vectors/converse-stream.ts';
import { type RuleRow, type VectorDirection, withDropped } from '../../test-support/vectors/direction.ts';
import { converseToOpenai } from '../converse-to-openai.ts';
import { openaiToConverse } from '../openai-to-converse.ts';
import { parseOpenaiChatRequest } from '../parse-openai-chat.ts';
import { ConverseToOpenaiStream } from '../stream.ts';
import { violations } from './converse-rules.ts';
import { sdkViolations } from './sdk-rules.ts';

const REQUEST = 'openai.request.json';
const UPSTREAM = 'upstream.json';
const CHUNKS = 'openai.response.sse';
const answer = { id: 'chatcmpl-vector', created: 1_700_000_000 };

/**
 * An OpenAI client, a model of Bedrock. `upstream.json` has its name and the events of its stream, whose bytes are made by
 * AWS's codec and not by ours; `upstream.response.json` is a whole answer. A case may have both, or be about the request alone.
 */
export const openaiOverConverse: VectorDirection = {
  name: 'openai-over-converse',
  given: [REQUEST, UPSTREAM, WHOLE],
  deriveRow,

  derive(given, pieceBytes) {
    const upstream = given.json(UPSTREAM) as ConverseUpstream;
    const parsed = parseOpenaiChatRequest(given.json(REQUEST));
    const translated = openaiToConverse(parsed, { modelId: upstream.modelId });
    const includeUsage = parsed.stream_options?.include_usage === true;
    const context = { ...answer, ...translated, model: parsed.model, includeUsage };
    return {
      'converse.request.json': translated.request,
      'dropped-params.json': translated.droppedParams,
      ...streamed(upstream, pieceBytes, new ConverseToOpenaiStream(context), CHUNKS, sseText),
      ...wholeAnswer(given, 'openai.response.json', (reply) => converseToOpenai(reply, context)),
    };
  },

  async violations(derived) {
    const found = violations(derived['converse.request.json'] as ConverseRequest);
    const { error } = (derived['outcome.json'] ?? { error: '' }) as { readonly error: string | null };
    if (error !== null) return found;
    return [...found, ...(await sdkViolations(dataIn(String(derived[CHUNKS])), derived['openai.response.json']))];
  },
};

/** `request` as a client sends it, to the model `modelId`; or `reply`, a whole answer; or `events`, those of a stream. */
function deriveRow({ request, modelId, reply, events, toolNames = {}, ...context }: RuleRow): unknown {
  const names = new Map(Object.entries(toolNames as Record<string, string>));
  const answering = { ...answer, model: 'm', includeUsage: true, ...context, toolNames: names };
  if (reply !== undefined) return converseToOpenai(reply as ConverseReply, answering as Context);
  if (Array.isArray(events)) return eventsThrough(new ConverseToOpenaiStream(answering as Context), events);
  const translated = openaiToConverse(parseOpenaiChatRequest(request), { modelId: String(modelId) });
  return withDropped(translated.request, translated.droppedParams);
}

type Context = ConstructorParameters<typeof ConverseToOpenaiStream>[0];

function sseText(chunks: readonly OpenaiChunk[], error: string | null): string {
  return chunks.map(sseData).join('') + (error === null ? SSE_DONE : '');
}
