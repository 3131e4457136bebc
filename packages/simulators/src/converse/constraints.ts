import { type JsonObject, listOf, objectOf } from '../json.ts';
import { constraintError } from '../wire/schema-check.ts';
import { metadataViolations } from './request-metadata.ts';

/**
 * Ranges, lengths and patterns of a Converse body, which the SDK's schemas leave out: every violation is collected into
 * one ValidationException.
 */
export function checkConstraints(body: JsonObject): void {
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

  for (const [value, constraint] of metadataViolations(body['requestMetadata'])) {
    violate(value, 'requestMetadata', constraint);
  }
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
