import { invalid } from '../errors.ts';
import { type JsonObject, listOf, objectOf, stringOf } from '../json.ts';
import { requireChatModel, type SimulatedModel } from '../models.ts';
import { constraintError } from '../wire/schema-check.ts';
import { type Block, blocksOf, type Turn, toolSpecsOf, turnsOf } from './converse-request.ts';
import { checkMedia } from './media-rules.ts';

/** What a prompt resource brings itself and a request to it may not set. */
const FIXED_BY_PROMPT = ['system', 'inferenceConfig', 'toolConfig', 'additionalModelRequestFields'] as const;

/** Claude's ceiling of cache checkpoints in one request. */
const MAX_CACHE_POINTS = 4;

/**
 * The rules of Converse that the schema cannot say, for a body that has passed the schema check. Throws
 * ValidationException. Where AWS documents no wording, the wording is ours.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html (read 2026-11-22).
 */
export function checkConverseRules(body: JsonObject, model: SimulatedModel): void {
  requireChatModel(model);
  checkConstraints(body);
  if (model.isPrompt) {
    const forbidden = FIXED_BY_PROMPT.find((field) => body[field] !== undefined && body[field] !== null);
    if (forbidden !== undefined) {
      throw invalid(`The ${forbidden} field can't be set when the model identifier is a prompt resource.`);
    }
  } else if (body['messages'] === undefined || body['messages'] === null) {
    throw constraintError(["Value at 'messages' failed to satisfy constraint: Member must not be null"]);
  }
  const turns = turnsOf(body);
  if (turns.length === 0 && !model.isPrompt) {
    throw invalid('A conversation must contain at least one message. Add a user message and try again.');
  }
  checkTurnOrder(turns);
  for (const turn of turns) checkTurn(turn);
  checkTexts(blocksOf(body['system'], 'system'), 'SystemContentBlock');
  checkMedia(turns);
  checkTools(body, turns, model);
  checkToolResults(turns);
  checkCachePoints(body, model);
  const inference = objectOf(body['inferenceConfig']);
  if (model.oneSamplerOnly && inference['temperature'] !== undefined && inference['topP'] !== undefined) {
    throw invalid(
      'The model returned the following errors: `temperature` and `top_p` cannot both be specified for this model. ' +
        'Please use only one.',
    );
  }
}

function checkTurnOrder(turns: readonly Turn[]): void {
  // Some models take `system` messages in mid-conversation; they do not count as anybody's turn.
  if (turns[0]?.role === 'system') throw startsWithUser();
  const spoken = turns.filter((turn) => turn.role !== 'system');
  if (spoken[0] !== undefined && spoken[0].role !== 'user') throw startsWithUser();
  for (const [at, turn] of spoken.entries()) {
    if (at > 0 && spoken[at - 1]?.role === turn.role) {
      throw invalid(
        'A conversation must alternate between user and assistant roles. Make sure the conversation alternates ' +
          'between user and assistant roles and try again.',
      );
    }
  }
}

function startsWithUser(): Error {
  return invalid(
    'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
  );
}

function checkTurn(turn: Turn): void {
  if (turn.blocks.length === 0) {
    throw invalid(
      `The content field in the Message object at ${turn.place} is empty. Add a ContentBlock object to the content ` +
        'field and try again.',
    );
  }
  checkTexts(turn.blocks, 'ContentBlock');
  for (const block of turn.blocks) {
    if (block.kind === 'toolUse' && turn.role !== 'assistant') {
      throw invalid(
        `A toolUse block at ${block.place} belongs in an assistant message, not in a ${turn.role} message.`,
      );
    }
    if (block.kind === 'toolResult') {
      if (turn.role !== 'user') {
        throw invalid(`A toolResult block at ${block.place} belongs in a user message, not in a ${turn.role} message.`);
      }
      checkTexts(
        blocksOf(objectOf(block.value)['content'], `${block.place}.toolResult.content`),
        'ToolResultContentBlock',
      );
    }
    if (block.kind === 'reasoningContent' && turn.role !== 'assistant') {
      throw invalid(`A reasoningContent block at ${block.place} belongs in an assistant message.`);
    }
  }
}

function checkTexts(blocks: readonly Block[], shape: string): void {
  for (const block of blocks) {
    if (block.kind === 'text' && stringOf(block.value)?.trim() === '') {
      throw invalid(
        `The text field in the ${shape} object at ${block.place} is blank. Add text to the text field, and try again.`,
      );
    }
  }
}

/** Ranges, lengths and patterns: every violation is collected into one answer. */
function checkConstraints(body: JsonObject): void {
  const violations: string[] = [];
  function violate(value: unknown, place: string, constraint: string): void {
    violations.push(`Value '${String(value)}' at '${place}' failed to satisfy constraint: Member must ${constraint}`);
  }
  function name(value: unknown, place: string, pattern: RegExp, shown: string): void {
    if (typeof value !== 'string') return;
    if (value.length === 0) violate(value, place, 'have length greater than or equal to 1');
    else if (value.length > 64) violate(value, place, 'have length less than or equal to 64');
    else if (!pattern.test(value)) violate(value, place, `satisfy regular expression pattern: ${shown}`);
  }
  const toolName = [/^[a-zA-Z0-9_-]+$/, '[a-zA-Z0-9_-]+'] as const;
  const toolUseId = [/^[a-zA-Z0-9_.:-]+$/, '[a-zA-Z0-9_.:-]+'] as const;

  const { maxTokens, temperature, topP } = objectOf(body['inferenceConfig']);
  if (typeof maxTokens === 'number' && !(Number.isInteger(maxTokens) && maxTokens >= 1)) {
    violate(maxTokens, 'inferenceConfig.maxTokens', 'have value greater than or equal to 1');
  }
  for (const [field, value] of [
    ['temperature', temperature],
    ['topP', topP],
  ] as const) {
    if (typeof value !== 'number') continue;
    if (value < 0) violate(value, `inferenceConfig.${field}`, 'have value greater than or equal to 0');
    if (value > 1) violate(value, `inferenceConfig.${field}`, 'have value less than or equal to 1');
  }
  const { tools, toolChoice } = objectOf(body['toolConfig']);
  if (Array.isArray(tools) && tools.length === 0) {
    violate('[]', 'toolConfig.tools', 'have length greater than or equal to 1');
  }
  for (const [at, tool] of listOf(tools).entries()) {
    const spec = objectOf(objectOf(tool)['toolSpec']);
    const place = `toolConfig.tools.${at + 1}.member.toolSpec`;
    name(spec['name'], `${place}.name`, ...toolName);
    if (spec['description'] === '') violate('', `${place}.description`, 'have length greater than or equal to 1');
  }
  name(objectOf(objectOf(toolChoice)['tool'])['name'], 'toolConfig.toolChoice.tool.name', ...toolName);
  for (const [at, message] of listOf(body['messages']).entries()) {
    for (const [inner, block] of listOf(objectOf(message)['content']).entries()) {
      const place = `messages.${at + 1}.member.content.${inner + 1}.member`;
      const { toolUse, toolResult } = objectOf(block);
      name(objectOf(toolUse)['name'], `${place}.toolUse.name`, ...toolName);
      name(objectOf(toolUse)['toolUseId'], `${place}.toolUse.toolUseId`, ...toolUseId);
      name(objectOf(toolResult)['toolUseId'], `${place}.toolResult.toolUseId`, ...toolUseId);
    }
  }
  if (violations.length > 0) throw constraintError(violations);
}

function checkTools(body: JsonObject, turns: readonly Turn[], model: SimulatedModel): void {
  const usesTools = turns.some((turn) => turn.blocks.some(({ kind }) => kind === 'toolUse' || kind === 'toolResult'));
  const declared = body['toolConfig'] !== undefined && body['toolConfig'] !== null;
  if (usesTools && !declared && !model.isPrompt) {
    throw invalid('The toolConfig field must be defined when using toolUse and toolResult content blocks.');
  }
  const names = toolSpecsOf(body).map((spec) => stringOf(spec['name']) ?? '');
  const repeated = names.find((name, at) => names.indexOf(name) !== at);
  if (repeated !== undefined) throw invalid(`The tool name ${repeated} is used more than once in toolConfig.tools.`);
  for (const [at, spec] of toolSpecsOf(body).entries()) {
    const schema = objectOf(objectOf(spec['inputSchema'])['json']);
    if (schema['type'] !== 'object') {
      throw invalid(
        `The value at toolConfig.tools.${at}.toolSpec.inputSchema.json.type must be one of the following: object.`,
      );
    }
  }
  const choice = objectOf(body['toolConfig'])['toolChoice'];
  if (choice !== undefined && choice !== null && !model.takesToolChoice) {
    throw invalid(
      "This model doesn't support the toolConfig.toolChoice field. Remove toolConfig.toolChoice and try again.",
    );
  }
  const wanted = stringOf(objectOf(objectOf(choice)['tool'])['name']);
  if (wanted !== undefined && !names.includes(wanted)) {
    throw invalid(`The tool ${wanted} of toolConfig.toolChoice is not in toolConfig.tools. Add it and try again.`);
  }
}

/** Every toolUse is answered, once, in the very next message, and nothing else is answered there. */
function checkToolResults(turns: readonly Turn[]): void {
  for (const [at, turn] of turns.entries()) {
    const uses = turn.blocks.filter(
      ({ kind, value }) => kind === 'toolUse' && objectOf(value)['type'] !== 'server_tool_use',
    );
    for (const use of uses) {
      const input = objectOf(use.value)['input'];
      if (typeof input !== 'object' || input === null || Array.isArray(input)) {
        throw invalid(
          `The format of the value at ${use.place}.toolUse.input is invalid. Provide a json object for the field and ` +
            'try again.',
        );
      }
    }
    const useIds = uses.map((use) => idOf(use));
    const duplicate = useIds.find((id, index) => useIds.indexOf(id) !== index);
    if (duplicate !== undefined) throw invalid(`The toolUse id ${duplicate} is used more than once at ${turn.place}.`);
    if (useIds.length > 0) {
      const answers = (turns[at + 1]?.blocks ?? []).filter(({ kind }) => kind === 'toolResult').map(idOf);
      const missing = useIds.filter((id) => !answers.includes(id));
      if (missing.length > 0) {
        throw invalid(
          `Expected toolResult blocks at messages.${at + 1}.content for the following Ids: ${missing.join(', ')}, but ` +
            `found: ${answers.join(', ')}`,
        );
      }
    }
    checkAnswers(turn, turns[at - 1], at);
  }
}

function checkAnswers(turn: Turn, previous: Turn | undefined, at: number): void {
  const asked = (previous?.blocks ?? []).filter(({ kind }) => kind === 'toolUse').map(idOf);
  const answers = turn.blocks.filter(({ kind }) => kind === 'toolResult').map(idOf);
  if (answers.length > asked.length) {
    throw invalid(
      `The number of toolResult blocks at messages.${at}.content exceeds the number of toolUse blocks of previous turn.`,
    );
  }
  const unknown = answers.find((id) => !asked.includes(id));
  if (unknown !== undefined) {
    throw invalid(`The toolResult block at messages.${at}.content has an unknown toolUseId: ${unknown}`);
  }
  const duplicate = answers.find((id, index) => answers.indexOf(id) !== index);
  if (duplicate !== undefined) {
    throw invalid(`The toolResult blocks at messages.${at}.content contain duplicate Ids: ${duplicate}`);
  }
}

function idOf(block: Block): string {
  return stringOf(objectOf(block.value)['toolUseId']) ?? '';
}

function checkCachePoints(body: JsonObject, model: SimulatedModel): void {
  if (model.family !== 'claude') return;
  const lists = [
    body['system'],
    objectOf(body['toolConfig'])['tools'],
    ...listOf(body['messages']).map((message) => objectOf(message)['content']),
  ];
  const count = lists.flatMap((list) => blocksOf(list, '')).filter(({ kind }) => kind === 'cachePoint').length;
  if (count > MAX_CACHE_POINTS) {
    throw invalid(
      `The model returned the following errors: A maximum of ${MAX_CACHE_POINTS} cache checkpoints may be provided. ` +
        `Found ${count}.`,
    );
  }
}
