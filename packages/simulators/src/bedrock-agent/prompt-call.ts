import { BedrockError, invalid } from '../errors.ts';
import { isObject, type JsonObject, type JsonValue, listOf, objectOf, stringOf } from '../json.ts';
import type { PromptAccount } from './prompt-account.ts';
import { promptIdentifier } from './prompt-identifier.ts';

/** What a prompt resource brings itself and a request to it may not set. */
const FIXED_BY_PROMPT = ['system', 'inferenceConfig', 'toolConfig', 'additionalModelRequestFields'] as const;

/** A call of a prompt as the call of a model that it stands for. */
export interface PromptCall {
  readonly modelId: string;
  readonly body: JsonObject;
}

/**
 * What a Converse body, after the schema check, asks of a model when its model id is a prompt's ARN: the default
 * variant's messages with their variables filled in, and the caller's behind them. Throws `BedrockError`. Where AWS
 * documents no wording, the wording is ours; that a caller's user message may follow a prompt that ends with one is our
 * reading of "append", for a prompt with a text alone could have no messages appended otherwise.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html (as of 2026-11-23).
 */
export function callOfPrompt(
  body: JsonObject,
  modelId: string,
  account: PromptAccount,
  region: string | undefined,
): PromptCall {
  const forbidden = FIXED_BY_PROMPT.find((field) => body[field] !== undefined && body[field] !== null);
  if (forbidden !== undefined) {
    throw invalid(`The ${forbidden} field can't be set when the model identifier is a prompt resource.`);
  }
  const { fields } = account.find(promptIdentifier(modelId, 'modelId'), region).revision;
  const variant = defaultVariant(fields);
  const model = stringOf(variant['modelId']);
  if (model === undefined)
    throw invalid('The prompt resource has no model. Choose a model for its variant and try again.');

  const { text, chat } = objectOf(variant['templateConfiguration']);
  const template = isObject(text) ? text : objectOf(chat);
  const fill = filling(template, objectOf(body['promptVariables']));
  const said = isObject(text) ? [{ role: 'user', content: contentOfText(text) }] : listOf(template['messages']);
  const optional = {
    system: fill(template['system']),
    toolConfig: template['toolConfiguration'],
    inferenceConfig: objectOf(variant['inferenceConfiguration'])['text'],
    additionalModelRequestFields: variant['additionalModelRequestFields'],
  };
  const { promptVariables: _filledIn, ...rest } = body;
  const given = Object.entries(optional).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return {
    modelId: model,
    body: { ...rest, ...Object.fromEntries(given), messages: joined(listOf(fill(said)), listOf(body['messages'])) },
  };
}

function defaultVariant(fields: JsonObject): JsonObject {
  const variants = listOf(fields['variants']).map(objectOf);
  const chosen = stringOf(fields['defaultVariant']);
  const variant = chosen === undefined ? variants[0] : variants.find(({ name }) => name === chosen);
  if (variant !== undefined) return variant;
  throw new BedrockError('ValidationException', 'The prompt resource has no variant to run.');
}

function contentOfText({ text, cachePoint }: JsonObject): readonly JsonValue[] {
  return [{ text: text ?? '' }, ...(isObject(cachePoint) ? [{ cachePoint }] : [])];
}

/** Puts the values of a call into every `text` of a template, each `{{name}}` once. The names have to be those of `inputVariables`. */
function filling(template: JsonObject, values: JsonObject): (value: JsonValue | undefined) => JsonValue | undefined {
  const declared = listOf(template['inputVariables']).flatMap((variable) => stringOf(objectOf(variable)['name']) ?? []);
  const missing = declared.filter((name) => !Object.hasOwn(values, name));
  if (missing.length > 0)
    throw invalid(`The promptVariables field lacks variables of the prompt: ${missing.join(', ')}.`);
  const extra = Object.keys(values).filter((name) => !declared.includes(name));
  if (extra.length > 0)
    throw invalid(`The promptVariables field has variables that the prompt has not: ${extra.join(', ')}.`);

  function inText(text: string): string {
    return text.replace(/\{\{([^{}]*)\}\}/g, (placeholder, name: string) =>
      declared.includes(name) ? (stringOf(objectOf(values[name])['text']) ?? '') : placeholder,
    );
  }
  function fill(value: JsonValue | undefined): JsonValue | undefined {
    if (Array.isArray(value)) return value.map((item: JsonValue) => fill(item) ?? null);
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        key === 'text' && typeof inner === 'string' ? inText(inner) : (fill(inner) ?? null),
      ]),
    );
  }
  return fill;
}

/** The prompt's messages and the caller's; two of one role where they meet become one. */
function joined(prompt: readonly JsonValue[], caller: readonly JsonValue[]): readonly JsonValue[] {
  const last = objectOf(prompt.at(-1));
  const first = objectOf(caller[0]);
  if (prompt.length === 0 || caller.length === 0 || last['role'] !== first['role']) return [...prompt, ...caller];
  const content = [...listOf(last['content']), ...listOf(first['content'])];
  return [...prompt.slice(0, -1), { ...first, content }, ...caller.slice(1)];
}
