import { invalidRequest, isRecord, type JsonRecord, MAX_JSON_DEPTH, nestsWithin } from '../json.ts';
import { efforts } from '../model-facts/model-facts.ts';

/** Whether a value has the right shape. */
type Check = (value: unknown) => boolean;

const MAX_INT = 2_147_483_647;

const isBoolean: Check = (value) => typeof value === 'boolean';
const isText = (value: unknown): value is string => typeof value === 'string';
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText);
const isObject: Check = (value) => isRecord(value) && nestsWithin(value, MAX_JSON_DEPTH);
const isInteger =
  (low: number, high = MAX_INT): Check =>
  (value) =>
    Number.isInteger(value) && Number(value) >= low && Number(value) <= high;
const isBetween =
  (low: number, high: number): Check =>
  (value) =>
    typeof value === 'number' && value >= low && value <= high;
const isOneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);

const OBJECT = `an object of at most ${MAX_JSON_DEPTH} levels`;
const PENALTY = [isBetween(-2, 2), 'a number from -2 to 2'] as const;
const COUNT = [isInteger(1), 'a whole number above 0'] as const;
const EFFORTS = efforts.map((effort) => `"${effort}"`).join(', ');

/** The shape of each field beside messages and tools, and how a refusal says it. null is "not given" in all of them. */
const shapes: Readonly<Record<string, readonly [check: Check, expected: string]>> = {
  stream: [isBoolean, 'true or false'],
  stream_options: [isObject, OBJECT],
  max_completion_tokens: COUNT,
  max_tokens: COUNT,
  n: COUNT,
  temperature: [isBetween(0, 2), 'a number from 0 to 2'],
  top_p: [isBetween(0, 1), 'a number from 0 to 1'],
  top_k: [isInteger(-1), 'a whole number, -1 or more'],
  stop: [(value) => isText(value) || isTexts(value), 'a text or a list of texts'],
  frequency_penalty: PENALTY,
  presence_penalty: PENALTY,
  logit_bias: [isObject, OBJECT],
  logprobs: [isBoolean, 'true or false'],
  top_logprobs: [isInteger(0, 20), 'a whole number from 0 to 20'],
  seed: [(value) => Number.isInteger(value), 'a whole number'],
  parallel_tool_calls: [isBoolean, 'true or false'],
  user: [isText, 'a text'],
  safety_identifier: [isText, 'a text'],
  prompt_cache_key: [isText, 'a text'],
  store: [isBoolean, 'true or false'],
  metadata: [isObject, OBJECT],
  modalities: [isTexts, 'a list of texts'],
  reasoning_effort: [isOneOf(...efforts), `one of ${EFFORTS}`],
  verbosity: [isOneOf('low', 'medium', 'high'), 'one of "low", "medium", "high"'],
  service_tier: [isText, 'a text'],
  prediction: [isObject, OBJECT],
  web_search_options: [isObject, OBJECT],
  response_format: [isObject, `an object with \`type\`, of at most ${MAX_JSON_DEPTH} levels`],
  thinking: [isObject, OBJECT],
  reasoning: [isObject, OBJECT],
  output_config: [isObject, OBJECT],
  anthropic_beta: [(value) => isText(value) || isTexts(value), 'a text or a list of texts'],
  guardrailConfig: [isObject, OBJECT],
  performanceConfig: [isObject, OBJECT],
  requestMetadata: [
    (value) => isRecord(value) && Object.values(value).every(isText),
    'an object whose values are texts',
  ],
  additionalModelResponseFieldPaths: [
    (value) => isTexts(value) && (value as readonly string[]).length <= 10 && (value as string[]).every(isPointer),
    'a list of at most 10 JSON pointers such as "/stop_sequence"',
  ],
};

/** The same for fields of the objects among them. */
const innerShapes: Readonly<Record<string, Readonly<Record<string, readonly [check: Check, expected: string]>>>> = {
  stream_options: { include_usage: [isBoolean, 'true or false'] },
  thinking: {
    type: [isOneOf('enabled', 'disabled', 'adaptive'), 'one of "enabled", "disabled", "adaptive"'],
    budget_tokens: COUNT,
    display: [isOneOf('summarized', 'omitted'), 'one of "summarized", "omitted"'],
  },
  reasoning: {
    effort: [isOneOf(...efforts), `one of ${EFFORTS}`],
    max_tokens: COUNT,
    enabled: [isBoolean, 'true or false'],
    exclude: [isBoolean, 'true or false'],
  },
  output_config: {
    effort: [
      isOneOf(...efforts.slice(2)),
      `one of ${efforts
        .slice(2)
        .map((it) => `"${it}"`)
        .join(', ')}`,
    ],
  },
  performanceConfig: { latency: [isOneOf('standard', 'optimized'), 'one of "standard", "optimized"'] },
  // Source: botocore's model of bedrock-runtime, GuardrailStreamConfiguration (read 2026-11-23).
  guardrailConfig: {
    guardrailIdentifier: [
      (value) =>
        isText(value) &&
        /^(?:[a-z0-9]+|arn:aws(?:-[^:]+)?:bedrock:[a-z0-9-]{1,20}:\d{12}:guardrail\/[a-z0-9]+)$/.test(value),
      'the id or the ARN of a guardrail',
    ],
    guardrailVersion: [
      (value) => isText(value) && /^(?:[1-9]\d{0,7}|DRAFT)$/.test(value),
      'a number as text, or "DRAFT"',
    ],
    trace: [isOneOf('enabled', 'disabled', 'enabled_full'), 'one of "enabled", "disabled", "enabled_full"'],
    streamProcessingMode: [isOneOf('sync', 'async'), 'one of "sync", "async"'],
  },
};

/** Fields without which an object says nothing. */
const needed: Readonly<Record<string, readonly string[]>> = {
  response_format: ['type'],
  thinking: ['type'],
  guardrailConfig: ['guardrailIdentifier', 'guardrailVersion'],
};

// Listed once: this is asked for every request.
const innerEntries = Object.entries(innerShapes);
const neededEntries = Object.entries(needed);

/**
 * Checks the fields of a body beside `messages`, `tools` and the choice among them.
 * Throws `invalid-request` with the field's path as `param`.
 */
export function checkParameters(body: JsonRecord): void {
  checkShapes(body, shapes, '');
  for (const [name, inner] of innerEntries) {
    const holder = body[name];
    if (isRecord(holder)) checkShapes(holder, inner, `${name}.`);
  }
  for (const [name, fields] of neededEntries) {
    const holder = body[name];
    if (!isRecord(holder)) continue;
    for (const field of fields) {
      if (!isText(holder[field])) throw invalidRequest(`\`${name}\` needs \`${field}\`: a text.`, `${name}.${field}`);
    }
  }
  checkResponseFormat(body['response_format']);
}

function checkShapes(holder: JsonRecord, all: (typeof innerShapes)[string], prefix: string): void {
  // A body has a few of the fields that there are, so its own are gone through.
  for (const [name, value] of Object.entries(holder)) {
    const shape = Object.hasOwn(all, name) ? all[name] : undefined;
    if (shape === undefined || value === undefined || value === null || shape[0](value)) continue;
    throw invalidRequest(`\`${prefix}${name}\` must be ${shape[1]}.`, `${prefix}${name}`);
  }
}

function checkResponseFormat(format: unknown): void {
  if (!isRecord(format)) return;
  const { type, json_schema: definition } = format;
  if (type === 'text' || type === 'json_object') return;
  if (type !== 'json_schema') {
    throw invalidRequest(
      '`response_format.type` must be one of "text", "json_object", "json_schema".',
      'response_format.type',
    );
  }
  const at = 'response_format.json_schema';
  if (!isRecord(definition)) {
    throw invalidRequest(`\`${at}\` must be an object: { "name": "…", "schema": { … } }.`, at);
  }
  checkShapes(
    definition,
    {
      name: [(value) => isText(value) && /^[\w-]{1,64}$/.test(value), 'a name of letters, digits, _ and -, at most 64'],
      description: [isText, 'a text'],
      schema: [isRecord, 'a JSON schema object'],
      strict: [isBoolean, 'true or false'],
    },
    `${at}.`,
  );
  if (!isText(definition['name'])) throw invalidRequest(`\`${at}\` needs \`name\`: a text.`, `${at}.name`);
}

/** Source: botocore's model of bedrock-runtime (read 2026-11-23). */
function isPointer(text: string): boolean {
  return text.length <= 256 && /^(?:\/[^/]+)+$/.test(text);
}
