import { GatewayError, isGatewayError } from '@genai-gateway/core';
import type { ResponsesRequest } from '@genai-gateway/protocol';
import { inputToMessages } from './input-to-messages.ts';

/** Fields of a chat request whose names are others here. */
const fieldNames: Readonly<Record<string, string>> = {
  max_completion_tokens: 'max_output_tokens',
  reasoning_effort: 'reasoning.effort',
  verbosity: 'text.verbosity',
  messages: 'input',
};

/** The same for what is below an item, a part or a tool, at the end of a path. */
const endings: readonly (readonly [RegExp, string])[] = [
  [/\.function\.(name|arguments|description|parameters|strict)\b/, '.$1'],
  [/\.function$/, ''],
  [/\.tool_call_id$/, '.call_id'],
  [/\.image_url\.url$/, '.image_url'],
  [/\.file\.(file_data|filename)$/, '.$1'],
];

/** The name of a field of the chat request in the words of Responses: for lists of fields that had no effect. */
export function ownFieldName(name: string): string {
  const [first = '', ...rest] = name.split('.');
  const own = Object.hasOwn(fieldNames, first) ? fieldNames[first] : undefined;
  return [own ?? first, ...rest].join('.');
}

/**
 * Runs a step that reads the chat request which was made of `request`, so that its errors name the fields that the caller
 * sent. `toolPlaces`: of each tool of the chat request its index in the caller's.
 */
export function inOwnWords<T>(request: ResponsesRequest, toolPlaces: readonly number[], step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (!isGatewayError(error) || error.param === undefined || error.code !== 'invalid-request') throw error;
    const param = ownPath(error.param, request, toolPlaces);
    const message = /^messages\.\d+\.tool_call_id$/.test(error.param)
      ? 'This output answers no call. Put it behind the item of the call that has its `call_id`.'
      : error.message.replaceAll(`\`${error.param}\``, `\`${param}\``);
    throw new GatewayError(error.code, message, { param, cause: error });
  }
}

function ownPath(path: string, request: ResponsesRequest, toolPlaces: readonly number[]): string {
  let found = path;
  if (path.startsWith('messages.')) found = messagePath(path, request);
  else if (path.startsWith('tools.'))
    found = path.replace(/^tools\.(\d+)/, (_, at) => `tools.${toolPlaces[Number(at)] ?? at}`);
  else if (path.startsWith('response_format')) {
    found = path.replace(/^response_format(?:\.json_schema)?/, 'text.format');
  } else found = ownFieldName(path);
  return endings.reduce((each, [chat, own]) => each.replace(chat, own), found);
}

/** Who made the message is worked out again: it is asked for only when something is wrong with it. */
function messagePath(path: string, request: ResponsesRequest): string {
  const own = new Map<string, string>();
  const outputs = new Set<string>();
  inputToMessages(request, (chatPath, ownItem) => own.set(chatPath, ownItem));
  if (Array.isArray(request.input)) {
    for (const [index, item] of request.input.entries()) if ('output' in item) outputs.add(`input.${index}`);
  }
  // The longest beginning that has a place of its own.
  for (let end = path.length; end > 0; end = path.lastIndexOf('.', end - 1)) {
    const place = own.get(path.slice(0, end));
    if (place === undefined) continue;
    const rest = path.slice(end);
    return place + (outputs.has(place) ? rest.replace(/^\.content/, '.output') : rest);
  }
  return 'input';
}
