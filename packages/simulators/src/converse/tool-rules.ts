import { invalid } from '../errors.ts';
import { type JsonObject, objectOf, stringOf } from '../json.ts';
import type { SimulatedModel } from '../models.ts';
import { type Block, type Turn, toolSpecsOf } from './converse-request.ts';

/** The rules of the tools a Converse body declares. Throws ValidationException. */
export function checkTools(body: JsonObject, turns: readonly Turn[], model: SimulatedModel): void {
  const usesTools = turns.some((turn) => turn.blocks.some(({ kind }) => kind === 'toolUse' || kind === 'toolResult'));
  const declared = body['toolConfig'] !== undefined && body['toolConfig'] !== null;
  if (usesTools && !declared) {
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

/** Every toolUse is answered, once, in the very next message, and nothing else is answered there. Throws ValidationException. */
export function checkToolResults(turns: readonly Turn[]): void {
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
