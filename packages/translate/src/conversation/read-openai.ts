import type { OpenaiConversationMessage } from '@genai-gateway/protocol';
import { argumentsToInput } from '../converse-over-openai/tool-arguments.ts';
import { isRecord, type JsonRecord, recordsOf, textOf } from '../json.ts';
import { cachePointAfter } from './cache-control.ts';
import { documentOfOpenai } from './documents.ts';
import { imageAt, jsonText, type Piece, type Said, unshown } from './pieces.ts';

/** Gives calls and results that have no id one, both counted from 1 in the order of a conversation, so that they meet. */
export class MadeIds {
  #calls = 0;
  #results = 0;

  ofCall(id: unknown): string {
    return textOf(id) || `call_${++this.#calls}`;
  }

  ofResult(id: unknown): string {
    return textOf(id) || `call_${++this.#results}`;
  }
}

/** A message of OpenAI or an answer of LiteLLM, read. */
export function readOpenai(message: OpenaiConversationMessage, ids: MadeIds): Said {
  const fields: JsonRecord = { ...message };
  const marked = cachePointAfter(fields['cache_control']);
  switch (message.role) {
    case 'system':
    case 'developer':
      return { role: 'system', pieces: [...readContent(fields['content']), ...marked] };
    case 'assistant':
      return { role: 'assistant', pieces: [...readAnswer(fields, ids), ...marked] };
    case 'tool':
    case 'function': {
      const id = ids.ofResult(fields['tool_call_id']);
      const pieces = readContent(fields['content']);
      return { role: 'user', pieces: [{ kind: 'result', id, pieces, hasFailed: false }, ...marked] };
    }
    default:
      return { role: 'user', pieces: [...readContent(fields['content']), ...marked] };
  }
}

function readAnswer(message: JsonRecord, ids: MadeIds): Piece[] {
  const pieces = [...readThoughts(message), ...readContent(message['content'])];
  const { refusal, audio } = message;
  if (typeof refusal === 'string' && refusal !== '') pieces.push({ kind: 'text', text: refusal });
  if (isRecord(audio)) pieces.push(readAudio(audio));
  for (const image of recordsOf(message['images'])) pieces.push(readImage(image['image_url']));
  const older = message['function_call'];
  const calls = [...recordsOf(message['tool_calls']), ...(isRecord(older) ? [{ function: older }] : [])];
  for (const call of calls) pieces.push(readCall(call, ids), ...cachePointAfter(call['cache_control']));
  return pieces;
}

function readThoughts({ thinking_blocks: blocks, reasoning_content: content }: JsonRecord): Piece[] {
  // `reasoning_content` repeats the text of the blocks where both are there.
  if (Array.isArray(blocks) && blocks.length > 0) {
    return recordsOf(blocks).map(({ type, data, thinking, signature }) =>
      type === 'redacted_thinking'
        ? { kind: 'redacted', data: textOf(data) }
        : { kind: 'thought', text: textOf(thinking), signature: textOf(signature) || undefined },
    );
  }
  return typeof content === 'string' && content !== ''
    ? [{ kind: 'thought', text: content, signature: undefined }]
    : [];
}

/** A call of a tool that takes text has that text as its input. */
function readCall({ id, function: definition, custom }: JsonRecord, ids: MadeIds): Piece {
  if (isRecord(custom)) {
    return {
      kind: 'call',
      id: ids.ofCall(id),
      name: textOf(custom['name']),
      input: { input: textOf(custom['input']) },
    };
  }
  const { name, arguments: given } = isRecord(definition) ? definition : {};
  const { input } = argumentsToInput(typeof given === 'string' ? given : jsonText(given ?? {}));
  return { kind: 'call', id: ids.ofCall(id), name: textOf(name), input };
}

function readContent(content: unknown): Piece[] {
  if (typeof content === 'string') return content === '' ? [] : [{ kind: 'text', text: content }];
  return recordsOf(content).flatMap((part) => [readPart(part), ...cachePointAfter(part['cache_control'])]);
}

function readPart(part: JsonRecord): Piece {
  const type = textOf(part['type']);
  switch (type) {
    case 'text':
    case 'refusal':
      return { kind: 'text', text: textOf(part[type]) };
    case 'image_url':
      return readImage(part['image_url']);
    case 'file':
      return documentOfOpenai(part['file']);
    case 'input_audio':
      return unshown('A recording');
    default:
      return unshown(`A part "${type}"`);
  }
}

function readImage(target: unknown): Piece {
  return imageAt(textOf(isRecord(target) ? target['url'] : target));
}

function readAudio({ transcript }: JsonRecord): Piece {
  return typeof transcript === 'string' ? { kind: 'text', text: transcript } : unshown('A recording');
}
