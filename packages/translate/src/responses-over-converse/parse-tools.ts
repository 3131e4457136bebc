import { invalidRequest, isRecord, type JsonRecord } from '../json.ts';

/** Tools that run at OpenAI, or in a client of its own, and what to send instead; others: `otherTool`. */
const refusedTools: Readonly<Record<string, string>> = {
  web_search: 'Bedrock models do not search the web. Offer a search of your own as a tool of type "function".',
  file_search: 'Files are not stored here. Offer a search of your own as a tool of type "function".',
  code_interpreter: 'No code is run here. Offer an interpreter of your own as a tool of type "function".',
  computer: 'Offer what the model may do with the computer as tools of type "function".',
  image_generation: 'Call an image model by POST /v1/images/generations, or offer that as a tool of type "function".',
  mcp: 'The gateway calls no MCP servers. List the tools of the server in your client and offer each as a tool of type "function".',
  local_shell: 'Offer the shell as a tool of type "function" with the command as its argument.',
  shell: 'Offer the shell as a tool of type "function" with the command as its argument.',
  apply_patch: 'Offer it as a tool of type "function" or "custom" with the patch as its input.',
  namespace: 'Offer the tools of the namespace one by one, in `tools` itself.',
  tool_search: 'Offer the tools themselves.',
};

const otherTool = 'Tools of this type run at OpenAI. Offer one of your own, of type "function" or "custom".';

/** What to send instead of a tool of this type, whose names carry dates and versions (`web_search_preview_2025_03_11`). */
function mendOf(type: string): string {
  const name = Object.keys(refusedTools).find((known) => type === known || type.startsWith(`${known}_`));
  return (name === undefined ? undefined : refusedTools[name]) ?? otherTool;
}

/** Throws `invalid-request` below `param`. */
export function checkTool(tool: unknown, param: string): void {
  if (!isRecord(tool) || typeof tool['type'] !== 'string') {
    throw invalidRequest('A tool must be an object with `type`.', param);
  }
  const { type } = tool;
  if (type !== 'function' && type !== 'custom') {
    throw invalidRequest(`Tools of type "${type.slice(0, 64)}" are not supported. ${mendOf(type)}`, `${param}.type`);
  }
  if (typeof tool['name'] !== 'string' || tool['name'] === '') {
    throw invalidRequest('A tool must have a `name`, beside its `type`.', `${param}.name`);
  }
  given(tool, 'description', typeof tool['description'] === 'string', 'a text', param);
  given(tool, 'parameters', isRecord(tool['parameters']), 'a JSON schema object', param);
  given(tool, 'strict', typeof tool['strict'] === 'boolean', 'true or false', param);
  if (type === 'custom') given(tool, 'format', isRecord(tool['format']), 'an object with `type`', param);
}

function given(holder: JsonRecord, field: string, isRight: boolean, expected: string, param: string): void {
  if (isRight || holder[field] === undefined || holder[field] === null) return;
  throw invalidRequest(`\`${field}\` must be ${expected}.`, `${param}.${field}`);
}

/** Throws `invalid-request`. */
export function checkToolChoice(choice: unknown): void {
  if (choice === undefined || choice === null) return;
  if (choice === 'none' || choice === 'auto' || choice === 'required') return;
  if (!isRecord(choice) || typeof choice['type'] !== 'string') {
    throw invalidRequest('`tool_choice` must be "none", "auto", "required" or an object with `type`.', 'tool_choice');
  }
  switch (choice['type']) {
    case 'function':
    case 'custom':
      if (typeof choice['name'] === 'string' && choice['name'] !== '') return;
      throw invalidRequest('`tool_choice` must name its tool in `name`.', 'tool_choice.name');
    case 'allowed_tools':
      if (choice['mode'] !== 'auto' && choice['mode'] !== 'required') {
        throw invalidRequest('`tool_choice.mode` must be "auto" or "required".', 'tool_choice.mode');
      }
      if (Array.isArray(choice['tools']) && choice['tools'].length > 0 && choice['tools'].every(isRecord)) return;
      throw invalidRequest('`tool_choice.tools` must be a list of { "type", "name" }.', 'tool_choice.tools');
    default:
      throw invalidRequest(
        `A tool of type "${choice['type'].slice(0, 64)}" cannot be chosen. ${mendOf(choice['type'])}`,
        'tool_choice.type',
      );
  }
}
