import { invalid } from '../errors.ts';
import { type JsonObject, listOf, objectOf, stringOf } from '../json.ts';
import { requireChatModel, type SimulatedModel } from '../models.ts';
import { constraintError } from '../wire/schema-check.ts';
import { checkClaude } from './claude-converse.ts';
import { checkConstraints } from './constraints.ts';
import { type Block, blocksOf, type Turn, turnsOf } from './converse-request.ts';
import { checkMedia } from './media-rules.ts';
import { checkModel } from './model-refusals.ts';
import { checkToolResults, checkTools } from './tool-rules.ts';

/** Claude's ceiling of cache checkpoints in one request. */
const MAX_CACHE_POINTS = 4;

/**
 * The rules of Converse that the schema cannot say, for a body that has passed the schema check. Throws
 * ValidationException. Where AWS documents no wording, the wording is ours.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html (as of 2026-11-22).
 */
export function checkConverseRules(body: JsonObject, model: SimulatedModel): void {
  requireChatModel(model);
  checkConstraints(body);
  if (body['messages'] === undefined || body['messages'] === null) {
    throw constraintError(["Value at 'messages' failed to satisfy constraint: Member must not be null"]);
  }
  const turns = turnsOf(body);
  if (turns.length === 0) {
    throw invalid('A conversation must contain at least one message. Add a user message and try again.');
  }
  checkTurnOrder(turns, model);
  for (const turn of turns) checkTurn(turn);
  checkTexts(blocksOf(body['system'], 'system'), 'SystemContentBlock');
  checkMedia(turns);
  checkTools(body, turns, model);
  checkToolResults(turns);
  checkCachePoints(body, model);
  checkModel(body, turns, model);
  if (model.claude !== undefined) checkClaude(body, turns, model.claude);
}

function checkTurnOrder(turns: readonly Turn[], { claude }: SimulatedModel): void {
  const system = turns.find(({ role }) => role === 'system');
  if (system !== undefined && claude?.takesSystemMessages === false) {
    throw invalid(`This model doesn't support the role system at ${system.place}.role. Use user or assistant.`);
  }
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
