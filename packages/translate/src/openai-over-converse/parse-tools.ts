import { invalidRequest, isRecord, type JsonRecord } from '../json.ts';

const CHOICES = '"none", "auto", "required" or an object with `type`';

/**
 * Checks `tools`, `tool_choice`, and their older forms `functions` and `function_call`.
 * Throws `invalid-request` with the field's path as `param`.
 */
export function checkTools(body: JsonRecord): void {
  for (const [index, tool] of listOf(body, 'tools').entries()) checkTool(tool, `tools.${index}`);
  for (const [index, definition] of listOf(body, 'functions').entries()) {
    checkDefinition(definition, `functions.${index}`);
  }
  checkToolChoice(body['tool_choice']);
  checkFunctionCall(body['function_call']);
}

function listOf(body: JsonRecord, field: string): readonly unknown[] {
  const value = body[field];
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw invalidRequest(`\`${field}\` must be a list.`, field);
}

function checkTool(tool: unknown, param: string): void {
  if (!isRecord(tool) || typeof tool['type'] !== 'string') {
    throw invalidRequest('A tool must be an object with `type`.', param);
  }
  if (tool['type'] === 'function') checkDefinition(tool['function'], `${param}.function`);
}

function checkDefinition(definition: unknown, param: string): void {
  if (!isRecord(definition) || typeof definition['name'] !== 'string' || definition['name'] === '') {
    throw invalidRequest('A tool must have its function: { "name": "…", "parameters": { … } }.', param);
  }
  const checkField = (field: string, isFine: boolean, expected: string): void => {
    const value = definition[field];
    if (value !== undefined && value !== null && !isFine) {
      throw invalidRequest(`\`${param}.${field}\` must be ${expected}.`, `${param}.${field}`);
    }
  };
  checkField('description', typeof definition['description'] === 'string', 'a text');
  checkField('parameters', isRecord(definition['parameters']), 'a JSON schema object');
  checkField('strict', typeof definition['strict'] === 'boolean', 'true or false');
}

function checkToolChoice(choice: unknown): void {
  if (choice === undefined || choice === null || typeof choice === 'string') {
    if (choice === undefined || choice === null || ['none', 'auto', 'required', 'any'].includes(choice)) return;
    throw invalidRequest(`\`tool_choice\` must be ${CHOICES}.`, 'tool_choice');
  }
  if (!isRecord(choice) || typeof choice['type'] !== 'string') {
    throw invalidRequest(`\`tool_choice\` must be ${CHOICES}.`, 'tool_choice');
  }
  switch (choice['type']) {
    case 'function':
      if (!isNamed(choice)) {
        throw invalidRequest(
          '`tool_choice` must name its function: { "function": { "name": "…" } }.',
          'tool_choice.function',
        );
      }
      return;
    case 'allowed_tools': {
      const allowed = choice['allowed_tools'];
      const isMode = isRecord(allowed) && (allowed['mode'] === 'auto' || allowed['mode'] === 'required');
      if (!isMode) {
        throw invalidRequest('`mode` must be one of "auto", "required".', 'tool_choice.allowed_tools.mode');
      }
      const { tools } = allowed;
      if (!Array.isArray(tools) || tools.length === 0 || !tools.every(isNamed)) {
        throw invalidRequest(
          '`tools` must be a list of functions: { "type": "function", "function": { "name": "…" } }.',
          'tool_choice.allowed_tools.tools',
        );
      }
      return;
    }
    default:
      throw invalidRequest(
        'This kind of tool_choice is not supported. Send "auto", "none", "required", one function or `allowed_tools`.',
        'tool_choice.type',
      );
  }
}

function isNamed(choice: unknown): boolean {
  if (!isRecord(choice) || !isRecord(choice['function'])) return false;
  return typeof choice['function']['name'] === 'string';
}

function checkFunctionCall(call: unknown): void {
  if (call === undefined || call === null || call === 'none' || call === 'auto') return;
  if (isRecord(call) && typeof call['name'] === 'string') return;
  throw invalidRequest('`function_call` must be "none", "auto" or { "name": "…" }.', 'function_call');
}
