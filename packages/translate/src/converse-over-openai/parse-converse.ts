import type {
  ConverseGuardrailConfig,
  ConverseInferenceConfig,
  ConverseMessage,
  ConverseOutputConfig,
  ConverseRequest,
  ConverseTool,
  ConverseToolChoice,
  ConverseToolConfig,
  JsonObject,
} from '@genai-gateway/protocol';
import { invalidRequest, withoutUndefined } from '../json.ts';
import { ObjectReader } from './object-reader.ts';
import { cachePoint, parseMessage, parseSystemBlock, toolName } from './parse-content.ts';

/** The fields of the body; `modelId` is in the path. */
const fields = [
  'messages',
  'system',
  'inferenceConfig',
  'toolConfig',
  'guardrailConfig',
  'additionalModelRequestFields',
  'promptVariables',
  'additionalModelResponseFieldPaths',
  'requestMetadata',
  'performanceConfig',
  'serviceTier',
  'outputConfig',
] as const satisfies readonly (keyof ConverseRequest)[];

/**
 * Checks a parsed body of Converse or ConverseStream by hand and gives the request that it is, every
 * field looked at. null counts as not given.
 * With `messages: 'optional'`, for a managed prompt or a session, there may be no messages, and the first may be any.
 * Throws `invalid-request` for a wrong shape, for unknown fields and for kinds of content that no
 * translation knows, with `param` in Converse's words (`messages.0.content.1.image.format`).
 */
export function parseConverseRequest(
  value: JsonObject,
  { messages: wanted = 'required' }: { readonly messages?: 'required' | 'optional' } = {},
): ConverseRequest {
  const body = new ObjectReader(value, '', fields);
  const isOptional = wanted === 'optional';
  const messages = isOptional
    ? (body.optionalList('messages', parseMessage) ?? [])
    : body.list('messages', parseMessage);
  if (!isOptional) checkFirst(messages[0]);
  return withoutUndefined({
    messages,
    system: body.optionalList('system', parseSystemBlock),
    inferenceConfig: body.optionalObject('inferenceConfig', inferenceConfig),
    toolConfig: body.optionalObject('toolConfig', toolConfig),
    guardrailConfig: body.optionalObject('guardrailConfig', guardrailConfig),
    additionalModelRequestFields: body.optionalJson('additionalModelRequestFields'),
    promptVariables: body.optionalObject('promptVariables', (it, place) => mapOf(it, place, promptVariable)),
    additionalModelResponseFieldPaths: responseFieldPaths(body),
    requestMetadata: body.optionalObject('requestMetadata', (it, place) =>
      mapOf(it, place, (reader, name) => reader.text(name)),
    ),
    performanceConfig: body.optionalObject('performanceConfig', (it, place) =>
      withoutUndefined({
        latency: new ObjectReader(it, place, ['latency']).optionalChoice('latency', ['standard', 'optimized']),
      }),
    ),
    serviceTier: body.optionalObject('serviceTier', (it, place) => ({
      type: new ObjectReader(it, place, ['type']).choice('type', ['default', 'flex', 'priority', 'reserved']),
    })),
    outputConfig: body.optionalObject('outputConfig', outputConfig),
  });
}

/**
 * JSON pointers, at most 10 of 256 characters.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html (as of 2026-11-23).
 */
function responseFieldPaths(body: ObjectReader): string[] | undefined {
  const name = 'additionalModelResponseFieldPaths';
  const paths = body.optionalTexts(name);
  if (paths === undefined) return undefined;
  if (paths.length > 10) throw invalidRequest('At most 10 paths can be asked for.', name);
  const wrong = paths.findIndex((path) => path.length > 256 || !/^\/(?:[^~]|~[01])+$/.test(path));
  if (wrong === -1) return paths;
  throw invalidRequest('A path is a JSON pointer of at most 256 characters, as "/stop_sequence".', `${name}.${wrong}`);
}

function checkFirst(message: ConverseMessage | undefined): void {
  if (message === undefined) throw invalidRequest('`messages` must hold at least one message.', 'messages');
  if (message.role !== 'user') {
    throw invalidRequest('The first message must be one of the user.', 'messages.0.role');
  }
}

function inferenceConfig(value: unknown, place: string): ConverseInferenceConfig {
  const config = new ObjectReader(value, place, ['maxTokens', 'temperature', 'topP', 'stopSequences']);
  return withoutUndefined({
    maxTokens: config.optionalInteger('maxTokens', 1),
    temperature: config.optionalNumber('temperature', 0, 1),
    topP: config.optionalNumber('topP', 0, 1),
    stopSequences: config.optionalTexts('stopSequences'),
  });
}

function toolConfig(value: unknown, place: string): ConverseToolConfig {
  const config = new ObjectReader(value, place, ['tools', 'toolChoice']);
  const tools = config.list('tools', parseTool);
  const names = new Set(tools.flatMap((tool) => ('toolSpec' in tool ? [tool.toolSpec.name] : [])));
  if (names.size === 0) throw invalidRequest('`toolConfig.tools` must hold at least one tool.', config.at('tools'));
  const toolChoice = config.optionalObject('toolChoice', parseToolChoice);
  if (toolChoice !== undefined && 'tool' in toolChoice && !names.has(toolChoice.tool.name)) {
    throw invalidRequest('`toolChoice` names a tool that is not in `tools`.', config.at('toolChoice.tool.name'));
  }
  return withoutUndefined({ tools, toolChoice });
}

function parseTool(value: unknown, place: string): ConverseTool {
  const tool = new ObjectReader(value, place, ['toolSpec', 'cachePoint', 'systemTool']);
  const [kind, ...more] = tool.given();
  if (kind === 'systemTool') {
    throw invalidRequest('`systemTool` is not supported for this model. Send tools of your own.', tool.at(kind));
  }
  if (kind === undefined || more.length > 0) {
    throw invalidRequest('A tool has exactly one field: toolSpec or cachePoint.', place);
  }
  if (kind === 'cachePoint') return cachePoint(tool);
  return tool.object('toolSpec', (it, at) => {
    const spec = new ObjectReader(it, at, ['name', 'description', 'inputSchema', 'strict']);
    const toolSpec = withoutUndefined({
      name: toolName(spec),
      description: spec.optionalText('description'),
      inputSchema: spec.object('inputSchema', (schema, where) => ({
        json: new ObjectReader(schema, where, ['json']).json('json'),
      })),
      strict: spec.optionalBoolean('strict'),
    });
    return { toolSpec };
  });
}

function parseToolChoice(value: unknown, place: string): ConverseToolChoice {
  const choice = new ObjectReader(value, place, ['auto', 'any', 'tool']);
  const [kind, ...more] = choice.given();
  if (kind === undefined || more.length > 0) {
    throw invalidRequest('`toolChoice` has exactly one field: auto, any or tool.', place);
  }
  if (kind === 'tool') {
    return choice.object('tool', (it, at) => ({ tool: { name: toolName(new ObjectReader(it, at, ['name'])) } }));
  }
  choice.object(kind, (it, at) => new ObjectReader(it, at, []));
  return kind === 'auto' ? { auto: {} } : { any: {} };
}

function guardrailConfig(value: unknown, place: string): ConverseGuardrailConfig {
  const names = ['guardrailIdentifier', 'guardrailVersion', 'trace', 'streamProcessingMode'] as const;
  const config = new ObjectReader(value, place, names);
  const [guardrailIdentifier, guardrailVersion, trace, streamProcessingMode] = names.map((name) =>
    config.optionalText(name),
  );
  return withoutUndefined({ guardrailIdentifier, guardrailVersion, trace, streamProcessingMode });
}

function outputConfig(value: unknown, place: string): ConverseOutputConfig {
  const config = new ObjectReader(value, place, ['textFormat', 'effort']);
  return withoutUndefined({
    effort: config.optionalText('effort'),
    textFormat: config.optionalObject('textFormat', (it, at) => {
      const format = new ObjectReader(it, at, ['type', 'structure']);
      return { type: format.choice('type', ['json_schema']), structure: format.object('structure', structure) };
    }),
  });
}

function structure(value: unknown, place: string) {
  return new ObjectReader(value, place, ['jsonSchema']).object('jsonSchema', (it, at) => {
    const schema = new ObjectReader(it, at, ['schema', 'name', 'description']);
    return {
      jsonSchema: withoutUndefined({
        schema: schema.text('schema'),
        name: schema.optionalText('name'),
        description: schema.optionalText('description'),
      }),
    };
  });
}

function promptVariable(reader: ObjectReader, name: string): { readonly text: string } {
  return reader.object(name, (it, at) => ({ text: new ObjectReader(it, at, ['text']).text('text') }));
}

/** An object whose field names are the caller's own. */
function mapOf<T>(
  value: unknown,
  place: string,
  read: (reader: ObjectReader, name: string) => T,
): Readonly<Record<string, T>> {
  const reader = ObjectReader.ofAnyFields(value, place);
  return Object.fromEntries(reader.given().map((name) => [name, read(reader, name)]));
}
