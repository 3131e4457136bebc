import { GatewayError } from '@genai-gateway/core';
import {
  type BedrockChatTemplate,
  type BedrockPromptMetadata,
  type BedrockPromptVariant,
  type BedrockTextTemplate,
  type ConverseContentBlock,
  type ConverseInferenceConfig,
  type ConverseMessage,
  isRecord,
  type JsonRecord,
  type JsonValue,
} from '@genai-gateway/protocol';
import { gatewayMetadata } from './bedrock-prompt.ts';
import { type Fields, fieldsIn } from './prompt-fields.ts';
import { placeholdersOf } from './variables.ts';

const OWN_FIELDS = [
  'name',
  'model',
  'gateway_model',
  'weight',
  'text',
  'cache_point',
  'system',
  'messages',
  'tool_config',
  'variables',
  'max_tokens',
  'temperature',
  'top_p',
  'stop',
  'additional_model_request_fields',
  'metadata',
];

/**
 * A variant in the words of Bedrock, of what a caller of /v1/prompts sends: in the gateway's own words (docs/prompts.md
 * has all of them), or in those of Bedrock, which are known by their `templateConfiguration` and go on as they came. What
 * the values may be is Bedrock's to judge. `at`: where it stands in the body. Throws `invalid-request`.
 */
export function parseVariant(value: unknown, at: string): BedrockPromptVariant {
  if (isRecord(value) && 'templateConfiguration' in value) {
    if (typeof value['name'] !== 'string') throw invalid(`'${at}' needs a 'name', a text.`, `${at}.name`);
    return value as unknown as BedrockPromptVariant;
  }
  const fields = fieldsIn(value, at, OWN_FIELDS);
  const name = fields.text('name') ?? 'default';
  const modelId = fields.text('model');
  const additional = fields.object('additional_model_request_fields');
  const inference = inferenceOf(fields);
  const metadata = metadataOf(fields, at);
  return {
    name,
    ...templateOf(fields, at),
    ...(modelId === undefined ? {} : { modelId }),
    ...(inference === undefined ? {} : { inferenceConfiguration: { text: inference } }),
    ...(metadata.length === 0 ? {} : { metadata }),
    ...(additional === undefined ? {} : { additionalModelRequestFields: additional as JsonValue }),
  };
}

/** The same, the other way round; one that the gateway has no words for is shown in Bedrock's. */
export function shownVariant(variant: BedrockPromptVariant): JsonRecord {
  const { text, chat } = variant.templateConfiguration;
  if (variant.genAiResource !== undefined || (text === undefined) === (chat === undefined)) return { ...variant };
  const { name, modelId, inferenceConfiguration, metadata = [], additionalModelRequestFields } = variant;
  const named = (key: string) => metadata.find((each) => each.key === key)?.value;
  const weight = named(gatewayMetadata.weight);
  const others = metadata.filter(({ key }) => !isOurs(key)).map(({ key, value }) => [key, value]);
  const { maxTokens, temperature, topP, stopSequences } = inferenceConfiguration?.text ?? {};
  const shown = {
    name,
    model: modelId,
    gateway_model: named(gatewayMetadata.model),
    // One that is no number is shown as it is, so that it can be seen and mended.
    weight: weight === undefined || Number.isNaN(Number(weight)) ? weight : Number(weight),
    text: text?.text,
    cache_point: text?.cachePoint === undefined ? undefined : true,
    system: chat?.system === undefined ? undefined : shownContent(chat.system as readonly ConverseContentBlock[]),
    messages: chat?.messages.map(shownMessage),
    tool_config: chat?.toolConfiguration,
    variables: ((text ?? chat)?.inputVariables ?? []).map((variable) => variable.name),
    max_tokens: maxTokens,
    temperature,
    top_p: topP,
    stop: stopSequences,
    additional_model_request_fields: additionalModelRequestFields,
    metadata: others.length === 0 ? undefined : Object.fromEntries(others),
  };
  return Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== undefined));
}

/** A message as a caller writes it: one block of text is a text. */
export function shownMessage({ role, content }: ConverseMessage): JsonRecord {
  return { role, content: shownContent(content) };
}

/** Blocks as a caller writes them. */
export function shownContent(content: readonly ConverseContentBlock[]): unknown {
  const [only] = content;
  return content.length === 1 && only !== undefined && 'text' in only ? only.text : content;
}

function templateOf(fields: Fields, at: string): Pick<BedrockPromptVariant, 'templateType' | 'templateConfiguration'> {
  const text = fields.text('text');
  const messages = fields.list('messages');
  if ((text === undefined) === (messages === undefined)) {
    throw invalid(`'${at}' needs either 'text', or 'messages' (with 'system' and 'tool_config' where wanted).`, at);
  }
  if (text !== undefined) {
    for (const each of ['system', 'tool_config']) {
      if (fields.has(each)) throw invalid(`'${at}.${each}' belongs to 'messages', not to 'text'.`, `${at}.${each}`);
    }
    const template: BedrockTextTemplate = {
      text,
      ...(fields.flag('cache_point') === true ? { cachePoint: { type: 'default' } } : {}),
      inputVariables: variablesOf(fields, [text]),
    };
    return { templateType: 'TEXT', templateConfiguration: { text: template } };
  }
  if (fields.has('cache_point')) {
    throw invalid(
      `'${at}.cache_point' belongs to 'text'. Among messages it is a block: {"cachePoint": {"type": "default"}}.`,
      `${at}.cache_point`,
    );
  }
  const system = fields.has('system') ? blocksOf(fields.value('system'), `${at}.system`) : undefined;
  const written = (messages ?? []).map((each, index) => messageOf(each, `${at}.messages.${index}`));
  const toolConfiguration = fields.object('tool_config');
  const chat = {
    ...(system === undefined ? {} : { system }),
    messages: written,
    inputVariables: variablesOf(fields, textsOf([...(system ?? []), ...written.flatMap(({ content }) => content)])),
    ...(toolConfiguration === undefined ? {} : { toolConfiguration }),
  } as unknown as BedrockChatTemplate; // what a caller sends as `tool_config` is Bedrock's to judge
  return { templateType: 'CHAT', templateConfiguration: { chat } };
}

/** Those that the caller declares, else those that the texts have. */
function variablesOf(fields: Fields, texts: readonly string[]): readonly { readonly name: string }[] {
  return (fields.texts('variables') ?? [...placeholdersOf(texts)]).map((name) => ({ name }));
}

function textsOf(blocks: readonly ConverseContentBlock[]): readonly string[] {
  return blocks.flatMap((block) => ('text' in block ? block.text : []));
}

function messageOf(value: unknown, at: string): ConverseMessage {
  const fields = fieldsIn(value, at, ['role', 'content']);
  const role = fields.text('role');
  if (role !== 'user' && role !== 'assistant') {
    throw invalid(`'${at}.role' must be user or assistant. What the model is told first is 'system'.`, `${at}.role`);
  }
  return { role, content: blocksOf(fields.value('content'), `${at}.content`) };
}

function blocksOf(value: unknown, at: string): readonly ConverseContentBlock[] {
  if (typeof value === 'string') return [{ text: value }];
  const isBlock = (each: unknown) =>
    isRecord(each) && (typeof each['text'] === 'string' || isRecord(each['cachePoint']));
  if (Array.isArray(value) && value.length > 0 && value.every(isBlock)) return value as ConverseContentBlock[];
  throw invalid(`'${at}' must be a text, or a list of {"text": "…"} and {"cachePoint": {"type": "default"}}.`, at);
}

function inferenceOf(fields: Fields): ConverseInferenceConfig | undefined {
  const config = {
    maxTokens: fields.number('max_tokens'),
    temperature: fields.number('temperature'),
    topP: fields.number('top_p'),
    stopSequences: fields.texts('stop'),
  };
  const given = Object.entries(config).filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : (Object.fromEntries(given) as ConverseInferenceConfig);
}

function metadataOf(fields: Fields, at: string): readonly BedrockPromptMetadata[] {
  const weight = fields.number('weight');
  if (weight !== undefined && (weight < 0 || weight >= 1e9)) {
    throw invalid(`'${at}.weight' must be a number from 0 to 999999999.`, `${at}.weight`);
  }
  const model = fields.text('gateway_model');
  const others = Object.entries(fields.object('metadata') ?? {}).map(([key, value]) => {
    if (isOurs(key)) {
      throw invalid(
        `'${at}.metadata' has '${key.slice(0, 60)}'. Write it as 'weight' or 'gateway_model'.`,
        `${at}.metadata`,
      );
    }
    if (typeof value !== 'string') throw invalid(`'${at}.metadata' must give a text to each key.`, `${at}.metadata`);
    return { key, value };
  });
  return [
    ...(weight === undefined ? [] : [{ key: gatewayMetadata.weight, value: plain(weight) }]),
    ...(model === undefined ? [] : [{ key: gatewayMetadata.model, value: model }]),
    ...others,
  ];
}

/** Without an exponent, and without zeros at its end. */
function plain(weight: number): string {
  return weight.toFixed(9).replace(/\.?0+$/, '');
}

function isOurs(key: string): boolean {
  return key.startsWith('gateway:');
}

function invalid(message: string, param: string): GatewayError {
  return new GatewayError('invalid-request', message, { param });
}
