import { BedrockError, invalid } from '../errors.ts';
import { isObject, type JsonObject, type JsonValue, listOf, objectOf, stringOf } from '../json.ts';
import type { SimulatedModel } from '../models.ts';
import { type Block, blocksOf, type Turn, toolSpecsOf } from './converse-request.ts';

/** What some models refuse that Converse itself has. Each is looked for by the name of the model, without its region. */
const refusals = {
  system: /titan-text|mistral-7b|mixtral/,
  tools: /titan-text|mistral-7b|mixtral|deepseek\.r1|llama3-2-[13]b/,
  images:
    /nova-micro|titan-text|llama3-[13]-|mistral-7b|mixtral|mistral-large-24|command-r|deepseek\.|gpt-oss|qwen3-32b/,
  documents: /nova-micro|gpt-oss|qwen/,
  reasoningContent: /amazon\.(nova|titan)|meta\.|mistral\.|cohere\.|deepseek\./,
  outputConfig:
    /amazon\.|meta\.|cohere\.|mistral\.(mistral-7b|mixtral|mistral-large-24|pixtral)|claude-(3|(sonnet|opus)-4-(20|1))/,
  forcedTool: /mistral\.pixtral/,
  namedTool: /mistral\./,
} as const;

/** Fields of the model's own API that may come in `additionalModelRequestFields`. */
const OWN_FIELDS: Readonly<Record<string, readonly string[]>> = {
  claude: [
    ...['thinking', 'top_k', 'anthropic_beta', 'output_config', 'tool_choice', 'tools', 'context_management'],
    ...['metadata', 'temperature', 'top_p'],
  ],
  nova: ['inferenceConfig', 'reasoningConfig'],
};

const MOST_NOVA_STOPS = 4;
const MOST_NOVA_TOKENS = 10_000;

/**
 * What a model refuses that others take. Throws. Sources: the table of features and the pages of prompt caching and
 * structured output in AWS's guide (https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-supported-models-features.html,
 * as of 2026-11-22); Nova's tool names, Mistral's ids and forced tools from the issues of langchain-aws and LiteLLM.
 * Where callers quote no wording, it is ours.
 */
export function checkModel(body: JsonObject, turns: readonly Turn[], model: SimulatedModel): void {
  const name = model.name;
  if (refusals.system.test(name) && listOf(body['system']).length > 0) throw unsupported('system field. Remove system');
  checkBlocks(turns, name);
  checkToolsOf(body, turns, model);
  checkOutputConfig(body, name);
  checkParameters(body, model);
  checkCaching(body, turns, model);
}

function unsupported(what: string): Error {
  return invalid(`This model doesn't support the ${what} and try again.`);
}

function checkBlocks(turns: readonly Turn[], name: string): void {
  for (const block of turns.flatMap(({ blocks }) => blocks.flatMap(withResults))) {
    if (block.kind === 'image' && refusals.images.test(name)) {
      throw invalid("This model doesn't support the image content block that you provided.");
    }
    if (block.kind === 'document' && refusals.documents.test(name)) {
      throw invalid("This model doesn't support documents.");
    }
    if (block.kind === 'reasoningContent' && refusals.reasoningContent.test(name)) {
      throw unsupported(`reasoningContent block at ${block.place}. Remove it`);
    }
  }
}

function withResults(block: Block): readonly Block[] {
  return block.kind === 'toolResult'
    ? [block, ...blocksOf(objectOf(block.value)['content'], `${block.place}.toolResult.content`)]
    : [block];
}

function checkToolsOf(body: JsonObject, turns: readonly Turn[], { name, family }: SimulatedModel): void {
  if (isObject(body['toolConfig']) && refusals.tools.test(name)) throw invalid("This model doesn't support tool use.");
  const choice = objectOf(objectOf(body['toolConfig'])['toolChoice']);
  const forced = ['any', 'tool'].find((each) => choice[each] !== undefined);
  const refused = forced === 'tool' ? refusals.namedTool : refusals.forcedTool;
  if (forced !== undefined && refused.test(name)) {
    throw unsupported(`toolConfig.toolChoice.${forced} field. Remove toolConfig.toolChoice.${forced}`);
  }
  for (const spec of toolSpecsOf(body)) {
    const schema = objectOf(objectOf(spec['inputSchema'])['json']);
    if (family === 'claude' && ['oneOf', 'allOf', 'anyOf'].some((word) => word in schema)) {
      throw ofModel('input_schema does not support oneOf, allOf, or anyOf at the top level');
    }
    if (spec['strict'] === true) checkStrict(schema);
  }
  const names = toolSpecsOf(body).map((spec) => stringOf(spec['name']) ?? '');
  for (const { kind, value } of turns.flatMap(({ blocks }) => blocks)) {
    const id = stringOf(objectOf(value)['toolUseId']);
    if (kind === 'toolUse') names.push(stringOf(objectOf(value)['name']) ?? '');
    if (family === 'mistral' && id !== undefined && !/^[a-zA-Z0-9]{9}$/.test(id)) {
      throw ofModel(`Tool call id was ${id} but must be a-z, A-Z, 0-9, with a length of 9.`);
    }
  }
  const hyphened = family === 'nova' ? names.find((each) => each.includes('-')) : undefined;
  if (hyphened !== undefined) {
    throw ofModel(
      `Malformed input request: string [${hyphened}] does not match pattern ^[a-zA-Z0-9_]+$, please reformat your input and try again.`,
    );
  }
}

function checkOutputConfig(body: JsonObject, name: string): void {
  const format = objectOf(body['outputConfig'])['textFormat'];
  if (!isObject(format)) return;
  if (refusals.outputConfig.test(name)) {
    throw unsupported('outputConfig.textFormat field. Remove outputConfig.textFormat');
  }
  const text = stringOf(objectOf(objectOf(format['structure'])['jsonSchema'])['schema']) ?? '';
  let schema: unknown;
  try {
    schema = JSON.parse(text);
  } catch {
    schema = undefined;
  }
  if (!isObject(schema)) throw invalid('The schema of outputConfig.textFormat is no JSON object.');
  checkStrict(schema);
}

/** A schema that is held to the letter says of every object that there is nothing else in it. */
function checkStrict(schema: JsonValue): void {
  if (Array.isArray(schema)) {
    for (const each of listOf(schema)) checkStrict(each);
    return;
  }
  if (!isObject(schema)) return;
  const isOfObjects = schema['type'] === 'object' || listOf(schema['type']).includes('object');
  if (isOfObjects && schema['additionalProperties'] !== false) {
    throw ofModel(
      "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false",
    );
  }
  for (const [word, value] of Object.entries(schema)) {
    // The names in these are the schema's own, not words of JSON Schema.
    if (['properties', '$defs', 'definitions'].includes(word)) Object.values(objectOf(value)).forEach(checkStrict);
    else if (!['const', 'enum', 'default', 'examples'].includes(word)) checkStrict(value);
  }
}

function checkParameters(body: JsonObject, { family, name }: SimulatedModel): void {
  const { maxTokens, stopSequences } = objectOf(body['inferenceConfig']);
  const stops = listOf(stopSequences);
  if (family === 'claude' && stops.some((stop) => String(stop).trim() === '')) {
    throw ofModel('stop_sequences: each stop sequence must contain non-whitespace');
  }
  if (family === 'nova' && stops.length > MOST_NOVA_STOPS) {
    throw ofModel(
      `Malformed input request: #/inferenceConfig/stopSequences: expected maximum item count: ${MOST_NOVA_STOPS}, found: ${stops.length}, please reformat your input and try again.`,
    );
  }
  if (
    /amazon\.nova-(micro|lite|pro|premier)/.test(name) &&
    typeof maxTokens === 'number' &&
    maxTokens > MOST_NOVA_TOKENS
  ) {
    throw invalid(
      `The maximum tokens you requested exceeds the model limit of ${MOST_NOVA_TOKENS}. Try again with a maximum ` +
        `tokens value that is lower than ${MOST_NOVA_TOKENS}.`,
    );
  }
  const own = OWN_FIELDS[family];
  const extra = Object.keys(objectOf(body['additionalModelRequestFields'])).find(
    (field) => own?.includes(field) === false,
  );
  if (extra === undefined) return;
  throw family === 'claude'
    ? ofModel(`${extra}: Extra inputs are not permitted`)
    : ofModel(
        `Malformed input request: #: extraneous key [${extra}] is not permitted, please reformat your input and try again.`,
      );
}

/** Cache points on models that keep none, and those that shall live longer behind those that shall live shorter. */
function checkCaching(body: JsonObject, turns: readonly Turn[], { family, name }: SimulatedModel): void {
  const points = [
    ...blocksOf(objectOf(body['toolConfig'])['tools'], ''),
    ...blocksOf(body['system'], ''),
    ...turns.flatMap(({ blocks }) => blocks),
  ].filter(({ kind }) => kind === 'cachePoint');
  if (points.length === 0) return;
  const keeps = (family === 'claude' && !/claude-(3-(haiku|opus|sonnet)|3-5-sonnet)/.test(name)) || family === 'nova';
  if (!keeps) {
    throw new BedrockError(
      'AccessDeniedException',
      'You invoked an unsupported model or your request did not allow prompt caching. See the documentation for more information.',
    );
  }
  const lives = points.map(({ value }) => stringOf(objectOf(value)['ttl']) ?? '5m');
  const firstShort = lives.indexOf('5m');
  if (firstShort !== -1 && lives.includes('1h', firstShort)) {
    throw ofModel("a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block.");
  }
}

function ofModel(problem: string): Error {
  return invalid(`The model returned the following errors: ${problem}`);
}
