import type { OpenaiConversationMessage } from '@genai-gateway/protocol';
import { argumentsToInput } from '../converse-over-openai/tool-arguments.ts';
import { isRecord, type JsonRecord, recordsOf, textOf } from '../json.ts';
import { cleanBase64 } from '../media/base64.ts';
import { audioFormat } from '../media/formats.ts';
import { cachePointAfter } from './cache-control.ts';
import { documentOfAnthropic } from './documents.ts';
import { jsonText, type Piece, pieceAt, pieceOfBase64, type Said, unshown } from './pieces.ts';
import { searchResultOf } from './search-results.ts';

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
  const marked = cachePointAfter(fields);
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
  for (const call of calls) pieces.push(readCall(call, ids), ...cachePointAfter(call));
  return pieces;
}

function readThoughts({ thinking_blocks: blocks, reasoning_content: content }: JsonRecord): Piece[] {
  // `reasoning_content` repeats the text of the blocks where both are there.
  if (Array.isArray(blocks) && blocks.length > 0) {
    return recordsOf(blocks).map(readThought);
  }
  return typeof content === 'string' && content !== ''
    ? [{ kind: 'thought', text: content, signature: undefined }]
    : [];
}

function readThought({ type, data, thinking, signature }: JsonRecord): Piece {
  return type === 'redacted_thinking'
    ? { kind: 'redacted', data: textOf(data) }
    : { kind: 'thought', text: textOf(thinking), signature: textOf(signature) || undefined };
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
  return recordsOf(content).flatMap((part) => [
    ...(part['type'] === undefined && isRecord(part['cachePoint']) ? [] : [readPart(part)]),
    ...cachePointAfter(part),
  ]);
}

function readPart(part: JsonRecord): Piece {
  const type = textOf(part['type']);
  switch (type) {
    case 'text':
    case 'refusal':
      return { kind: 'text', text: textOf(part[type]) };
    case 'thinking':
    case 'redacted_thinking':
      return readThought(part);
    case 'image_url':
      return readImage(part['image_url']);
    case 'file':
      return readFile(part['file']);
    case 'document':
      return documentOfAnthropic(part);
    case 'search_result':
      return searchResultOf(part);
    case 'guarded_text':
    case 'grounding_source':
    case 'query':
      return { kind: 'text', text: textOf(part['text']) };
    case 'input_audio':
      return readRecording(part['input_audio']);
    case 'video_url':
    case 'input_video':
      return readVideo(part[type]);
    default:
      return unshown(`A part "${type}"`);
  }
}

function readImage(target: unknown): Piece {
  return pieceAt(textOf(isRecord(target) ? target['url'] : target));
}

function readFile(file: unknown): Piece {
  const { filename, file_data: data, file_id: id } = isRecord(file) ? file : {};
  const name = textOf(filename) || undefined;
  // LiteLLM's clients put the data: URI there.
  const uri = textOf(data) || (/^data:/i.test(textOf(id)) ? textOf(id) : '');
  return uri === '' ? unshown('A document', name) : pieceAt(uri, 'A document', name);
}

function readVideo(video: unknown): Piece {
  const { url, data, format } = isRecord(video) ? video : { url: video };
  const name = textOf(format) === '' ? undefined : `video.${textOf(format)}`;
  return pieceAt(textOf(data) || textOf(url), 'A video', name);
}

function readRecording(audio: unknown): Piece {
  const { data, format } = isRecord(audio) ? audio : {};
  const known = audioFormat(textOf(format).toLowerCase());
  const bytes = cleanBase64(textOf(data));
  if (known !== undefined && bytes !== undefined) return { kind: 'audio', format: known, bytes };
  return pieceOfBase64(textOf(data), {}, 'A recording');
}

function readAudio({ transcript }: JsonRecord): Piece {
  return typeof transcript === 'string' ? { kind: 'text', text: transcript } : unshown('A recording');
}
