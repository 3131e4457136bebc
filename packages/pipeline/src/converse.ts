import type { ConverseMessage, ConverseRequest, JsonObject } from '@genai-gateway/protocol';
import { continueConverse, withPrompt } from '@genai-gateway/translate';
import { authenticate } from './admit.ts';
import { admitConversation } from './admit-conversation.ts';
import { answerNatively } from './answer-natively.ts';
import { ConverseAnswerReader } from './answer-reader.ts';
import { attributedBytes, attributedRequest } from './attributed.ts';
import { openBooking } from './booking.ts';
import { withCachePointsFor } from './cache-points.ts';
import type { Call } from './call.ts';
import { type Continued, converseBefore } from './conversation.ts';
import { converseConversation } from './converse-conversation.ts';
import { serveConverseThroughLitellm } from './converse-through-litellm.ts';
import { partConverse } from './gateway-fields.ts';
import { jsonObject } from './json-object.ts';
import type { PromptOfCall } from './managed-prompt.ts';
import { namedSettings } from './named-settings.ts';
import { parseJsonObject } from './request-json.ts';
import { saidIn } from './said-in.ts';
import { type Services, toBedrock } from './services.ts';
import { sessionOf } from './session-of-call.ts';
import { keepTurn } from './turn-of-call.ts';
import type { NativeRequest, UpstreamRequest } from './upstream.ts';

/**
 * Serves Converse and ConverseStream. Without history the body goes on byte for byte, that of a managed prompt too,
 * which Bedrock then fills in itself; with it the gateway puts in front what was said before.
 */
export async function converse(call: Call, services: Services, request: NativeRequest): Promise<void> {
  const { operation, model, headers } = request;
  const principal = await authenticate(call, services);
  const found = namedSettings(call, services, principal, {});
  const named = found instanceof Promise ? await found : found;
  const bytes = await call.body();
  const whole = parseJsonObject(bytes);
  const { fields, request: body, isUntouched } = partConverse(call, whole);
  const session = sessionOf(call, services, principal, fields);
  const asked = await admitConversation(call, services, principal, { model, fields, session, named });
  const { admission, prompt } = asked;
  const isPlain = session.kept === undefined && isUntouched && prompt === undefined;
  const stream = operation === 'converse-stream';
  call.record.stream = stream;
  if (!admission.eligible) {
    return serveConverseThroughLitellm(call, services, request, admission, { ...asked, bytes, body, isPlain });
  }
  const { deployment } = admission;
  const own = isUntouched && session.kept === undefined && !services.promptCaching ? prompt?.bedrocksOwn : undefined;
  const worker = admission.modelIds[0] ?? deployment.modelId;
  const continued = isPlain || own !== undefined ? undefined : await converseConversation(call, { ...asked, body });
  const converse = continued === undefined ? undefined : merged(call, services, { body, worker, prompt, continued });
  await openBooking(call, services, { admission, named, body: converse ?? filledIn(whole, prompt) });

  const reader = session.kept === undefined && !services.logsContent ? undefined : new ConverseAnswerReader();
  const { record } = call;
  if (services.logsContent)
    record.content = { messages: saidIn(body, 'system', 'messages'), answer: () => reader?.answerAsReply(record) };
  if (continued !== undefined) keepTurn(call, services, { session, ...continued, answer: () => reader?.answer() });
  const upstream: UpstreamRequest = {
    target: { kind: 'model', operation, deployment: own === undefined ? deployment : { ...deployment, ...own } },
    headers,
    body:
      converse === undefined
        ? attributedBytes(call, services, bytes, whole)
        : JSON.stringify(attributedRequest(call, services, converse)),
  };

  return answerNatively(call, services, {
    operation,
    send: toBedrock(call, services, upstream),
    listener: reader,
    onAnswer: (answer) => reader?.whole(jsonObject(answer)),
  });
}

/** What becomes a Converse request of its own. */
interface Merged {
  readonly body: JsonObject;
  /** The model that does the work: behind a profile it has another name. */
  readonly worker: string;
  readonly prompt: PromptOfCall | undefined;
  readonly continued: Continued<ConverseMessage>;
}

/** The caller's request with what stands before it. */
function merged(
  call: Call,
  services: Services,
  { body, worker, prompt, continued: { conversation, news } }: Merged,
): ConverseRequest {
  const own: ConverseRequest = { ...body, messages: news };
  const prompted = prompt === undefined ? own : withPrompt(own, prompt.rendered, { modelId: worker });
  const before = converseBefore(conversation);
  const request = continueConverse(prompted, { modelId: worker, before, system: conversation.system });
  return withCachePointsFor(call, services, worker, request, before);
}

/** What a call is measured by that Bedrock fills in. */
function filledIn(body: JsonObject, prompt: PromptOfCall | undefined): unknown {
  return prompt === undefined
    ? body
    : { ...body, ...prompt.rendered, messages: [prompt.rendered.messages, body['messages']] };
}
