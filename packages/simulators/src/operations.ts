import {
  ApplyGuardrailRequest$,
  ConverseRequest$,
  ConverseStreamRequest$,
  CountTokensRequest$,
} from '@aws-sdk/client-bedrock-runtime';
import { citationsAsked } from './converse/citations-asked.ts';
import { converseBody, converseEvents, type StreamEvent } from './converse/converse-output.ts';
import { converseInputTokens, type Understood, understandConverse } from './converse/converse-reply-request.ts';
import { checkConverseRules } from './converse/converse-rules.ts';
import { BedrockError, invalid } from './errors.ts';
import { type Embedded, embedded } from './invoke/embeddings.ts';
import { messagesBody, messagesEvents, messagesInputTokens, understandMessages } from './invoke/messages.ts';
import { checkMessagesBody } from './invoke/messages-rules.ts';
import { nativeBody, nativeEvents, understandNative } from './invoke/native.ts';
import { isObject, type JsonObject, objectOf, stringOf } from './json.ts';
import { isEmbeddingModel, requireCountedModel, type SimulatedModel } from './models.ts';
import { type PlannedReply, planReply, seedOf } from './reply/plan.ts';
import type { ScriptReply } from './script/script.ts';
import { checkAgainstSchema } from './wire/schema-check.ts';

/** A checked request: how its reply is planned, and how a planned reply looks on the wire. */
export interface Answerable {
  plan(script: ScriptReply | undefined): PlannedReply;
  /** The body of an unstreamed answer. */
  body(reply: PlannedReply): JsonObject;
  /** The events of a streamed one. */
  events(reply: PlannedReply): Iterable<StreamEvent>;
}

/** What is asked of a model. */
interface ModelCall {
  readonly model: SimulatedModel;
  readonly body: JsonObject;
}

/**
 * Checks a Converse or ConverseStream body. `callOf` is given the body once it has passed the schema, and says which
 * model it is for and what that is asked. Throws `BedrockError`.
 */
export function prepareConverse(
  bytes: Buffer,
  streamed: boolean,
  callOf: (given: JsonObject) => ModelCall,
): Answerable {
  const given = parseModelled(bytes);
  checkAgainstSchema(given, streamed ? ConverseStreamRequest$ : ConverseRequest$);
  const { model, body } = callOf(given);
  checkConverseRules(body, model);
  const understood = understandConverse(body, seedOf(bytes));
  const citations = model.family === 'claude' ? citationsAsked(body) : [];
  const request = { ...understood.request, citations, shortIds: model.family === 'mistral' };
  return {
    plan: planner({ ...understood, request }),
    body: (reply) => converseBody(reply, model, body),
    events: (reply) => converseEvents(reply, model, body),
  };
}

/** Checks an InvokeModel body by its model's format. Throws `BedrockError`. */
export function prepareInvoke(bytes: Buffer, model: SimulatedModel, streamed: boolean): Answerable {
  const body = parseNative(bytes);
  const seed = seedOf(bytes);
  if (isEmbeddingModel(model)) {
    if (streamed) throw invalid('The model is unsupported for streaming.');
    return prepareEmbedding(embedded(body, model, seed));
  }
  if (model.claude !== undefined) {
    checkMessagesBody(body, model.claude);
    return {
      plan: planner(understandMessages(body, seed)),
      body: (reply) => messagesBody(reply, model.id, seed),
      events: (reply) => messagesEvents(reply, model.id, seed),
    };
  }
  return {
    plan: planner(understandNative(body, model, seed)),
    body: (reply) => nativeBody(reply, model),
    events: (reply) => nativeEvents(reply, model),
  };
}

/** The tokens CountTokens counts, for a Converse or a native body. Throws `BedrockError`. */
export function prepareCountTokens(bytes: Buffer, model: SimulatedModel): Answerable {
  const body = parseModelled(bytes);
  checkAgainstSchema(body, CountTokensRequest$);
  requireCountedModel(model);
  const { converse, invokeModel } = objectOf(body['input']);
  let inputTokens: number;
  if (isObject(converse)) {
    checkConverseRules(converse, model);
    inputTokens = converseInputTokens(converse);
  } else {
    const inner = parseNative(Buffer.from(stringOf(objectOf(invokeModel)['body']) ?? '', 'base64'));
    if (model.claude !== undefined) checkMessagesBody(inner, model.claude);
    inputTokens = messagesInputTokens(inner);
  }
  return {
    plan: (script) => planReply(silent(inputTokens, ''), { text: '', ...script }),
    body: (reply) => ({ inputTokens: reply.usage.inputTokens }),
    events: () => [],
  };
}

/** ApplyGuardrail: intervenes when a directive or a script says `guardrail_intervened`. Throws `BedrockError`. */
export function prepareGuardrail(bytes: Buffer, id: string, version: string): Answerable {
  if (!/^([a-z0-9]+|arn:aws[a-z-]*:bedrock:[a-z0-9-]+:\d{12}:guardrail\/[a-z0-9]+)$/.test(id)) {
    throw new BedrockError('ValidationException', `The guardrail identifier is invalid.`);
  }
  if (!/^([1-9]\d{0,7}|DRAFT)$/.test(version)) {
    throw new BedrockError('ValidationException', 'The guardrail version must be DRAFT or a number.');
  }
  const body = parseModelled(bytes);
  checkAgainstSchema(body, ApplyGuardrailRequest$);
  const content = Array.isArray(body['content']) ? body['content'] : [];
  const text = content.map((block) => stringOf(objectOf(objectOf(block)['text'])['text']) ?? '').join('\n');
  const understood = understandConverse({ messages: [{ role: 'user', content: [{ text }] }] }, seedOf(bytes));
  return {
    plan: planner(understood),
    body: (reply) => {
      const intervened = reply.stopReason === 'guardrail_intervened';
      return {
        action: intervened ? 'GUARDRAIL_INTERVENED' : 'NONE',
        actionReason: intervened ? 'Guardrail blocked.' : 'No action.',
        assessments: [],
        outputs: intervened ? [{ text: 'The simulated guardrail blocked this.' }] : [],
        usage: {
          contentPolicyUnits: 1,
          contextualGroundingPolicyUnits: 0,
          sensitiveInformationPolicyFreeUnits: 0,
          sensitiveInformationPolicyUnits: 0,
          topicPolicyUnits: 1,
          wordPolicyUnits: 1,
        },
      };
    },
    events: () => [],
  };
}

function planner({ request, directed }: Understood): Answerable['plan'] {
  return (script) => planReply(request, script ?? directed.reply);
}

function prepareEmbedding({ body, inputTokens }: Embedded): Answerable {
  return {
    // Embeddings have no output tokens: Bedrock reports none.
    plan: (script) => planReply(silent(inputTokens, ''), { text: '', usage: { outputTokens: 0 }, ...script }),
    body: () => body,
    events: () => [],
  };
}

/** A request to which nothing is said. */
export function silent(inputTokens: number, seed: string): Understood['request'] {
  return {
    echoText: '',
    inputTokens,
    seed,
    maxTokens: undefined,
    stopSequences: [],
    forcedTool: undefined,
    reasons: false,
  };
}

/** The body of an operation with a modelled body; an empty one counts as `{}`. Throws SerializationException. */
export function parseModelled(bytes: Buffer): JsonObject {
  const value = bytes.length === 0 ? {} : parse(bytes);
  if (!isObject(value)) throw new BedrockError('SerializationException', 'The request body is not a JSON object.');
  return value;
}

function parseNative(bytes: Buffer): JsonObject {
  const value = parse(bytes);
  if (!isObject(value)) {
    throw invalid('Malformed input request, please reformat your input and try again.');
  }
  return value;
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
