import { invalid } from '../errors.ts';
import { isObject, type JsonObject, type JsonValue, listOf, objectOf, stringOf } from '../json.ts';

/** Checks the tools of a Messages body and the choice among them. Throws ValidationException. */
export function checkMessagesTools(body: JsonObject): void {
  const tools = listOf(body['tools']).map(objectOf);
  const names = tools.map(({ name }) => stringOf(name) ?? '');
  for (const [at, tool] of tools.entries()) {
    // Tools with a type are Anthropic's own: computer use, text editor, bash.
    if (tool['type'] !== undefined && tool['type'] !== 'custom') continue;
    const place = `tools.${at}.custom`;
    if (!/^[a-zA-Z0-9_-]{1,128}$/.test(names[at] ?? '')) {
      throw invalid(`${place}.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`);
    }
    const schema = tool['input_schema'];
    if (!isObject(schema)) throw invalid(`${place}.input_schema: Field required`);
    if (schema['type'] !== 'object') throw invalid(`${place}.input_schema.type: Input should be 'object'`);
    if (['oneOf', 'allOf', 'anyOf'].some((word) => word in schema)) {
      throw invalid(`${place}.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level`);
    }
  }
  if (new Set(names).size < names.length) throw invalid('tools: Tool names must be unique.');
  const choice = objectOf(body['tool_choice']);
  if (body['tool_choice'] === undefined) return;
  if (!['auto', 'any', 'tool', 'none'].includes(String(choice['type']))) {
    throw invalid(
      `tool_choice: Input tag '${String(choice['type'])}' found using 'type' does not match any of the expected tags`,
    );
  }
  if (tools.length === 0) throw invalid('tool_choice may only be specified while providing tools.');
  if (choice['type'] === 'tool' && !names.includes(String(choice['name']))) {
    throw invalid(`tool_choice.name: Tool '${String(choice['name'])}' not found in provided tools`);
  }
}

/** Every call is answered in the very next message, first in it, and nothing else is. Throws ValidationException. */
export function checkToolTurns(given: readonly JsonObject[], hasTools: boolean): void {
  const messages = joinRoles(given);
  const everUsed = new Set<string>();
  for (const [at, message] of messages.entries()) {
    const blocks = listOf(message['content']).map(objectOf);
    const used = blocks.filter(({ type }) => type === 'tool_use');
    for (const [inner, use] of blocks.entries()) {
      if (use['type'] === 'tool_use')
        checkUse(use, `messages.${at}.content.${inner}.tool_use`, message['role'], everUsed);
    }
    const next = listOf(messages[at + 1]?.['content']).map(objectOf);
    const firstOther = next.findIndex(({ type }) => type !== 'tool_result');
    const answers = (firstOther === -1 ? next : next.slice(0, firstOther)).map(({ tool_use_id }) => tool_use_id);
    const missing = used.map(({ id }) => String(id)).filter((id) => !answers.includes(id));
    if (missing.length > 0) {
      throw invalid(
        `messages.${at}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ` +
          `${missing.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
      );
    }
    checkResults(blocks, listOf(messages[at - 1]?.['content']).map(objectOf), at);
    if (!hasTools && blocks.some(({ type }) => type === 'tool_use' || type === 'tool_result')) {
      throw invalid('Requests which have `tool_use` or `tool_result` blocks in `messages` must define tools.');
    }
  }
}

/** Messages of one role in a row are one turn to the model. */
function joinRoles(messages: readonly JsonObject[]): readonly JsonObject[] {
  const joined: JsonObject[] = [];
  for (const message of messages) {
    const last = joined.at(-1);
    if (last === undefined || last['role'] !== message['role']) joined.push(message);
    else joined[joined.length - 1] = { ...last, content: [...contentOf(last), ...contentOf(message)] };
  }
  return joined;
}

function contentOf({ content }: JsonObject): readonly JsonValue[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : listOf(content);
}

function checkUse(use: JsonObject, place: string, role: unknown, everUsed: Set<string>): void {
  const id = stringOf(use['id']) ?? '';
  if (role !== 'assistant') throw invalid(`${place}: \`tool_use\` blocks can only be in \`assistant\` messages`);
  if (!/^[a-zA-Z0-9_-]+$/.test(id)) throw invalid(`${place}.id: String should match pattern '^[a-zA-Z0-9_-]+$'`);
  if (!isObject(use['input'])) throw invalid(`${place}.input: Input should be a valid dictionary`);
  if (everUsed.has(id)) throw invalid(`${place}: \`tool_use\` ids must be unique`);
  everUsed.add(id);
}

function checkResults(blocks: readonly JsonObject[], before: readonly JsonObject[], at: number): void {
  const asked = before.filter(({ type }) => type === 'tool_use').map(({ id }) => id);
  const answered = new Set<unknown>();
  for (const [inner, { type, tool_use_id: id }] of blocks.entries()) {
    if (type !== 'tool_result') continue;
    if (!asked.includes(id as string)) {
      throw invalid(
        `messages.${at}.content.${inner}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${String(id)}. Each ` +
          '`tool_result` block must have a corresponding `tool_use` block in the previous message.',
      );
    }
    if (answered.has(id)) {
      throw invalid(
        `messages.${at}.content.${inner}: each tool_use must have a single result. Found multiple \`tool_result\` ` +
          `blocks with id: ${String(id)}`,
      );
    }
    answered.add(id);
  }
}
