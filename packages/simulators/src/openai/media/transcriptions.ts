import { type JsonObject, stringOf } from '../../json.ts';
import { type PlannedReply, textOf } from '../../reply/plan.ts';
import { type Answer, type Answerable, type Context, plainRequest } from '../endpoint.ts';
import { badRequest } from '../errors.ts';
import type { Piece } from '../http/stream-sender.ts';
import { requireField, requireModel, requireOneOf } from '../rules.ts';
import { namedEvent, namedStream } from '../sse.ts';
import type { Form } from './form.ts';
import { secondsOfSound } from './sound.ts';

/** So many tokens are a second of sound. */
const TOKENS_PER_SECOND = 10;

/**
 * `POST /v1/audio/transcriptions` and `/translations`: a text that names the file and its length in bytes. A `prompt`
 * may hold directives. Streamed where `stream` is true and the model is not Whisper, which ignores it.
 * Source: `Transcription` and `TranscriptionVerbose` of the npm package openai 7.57.0 (read 2026-11-23).
 */
export function transcriptionEndpoint({ fields, files }: Form, context: Context, task: string): Answerable {
  const model = requireModel(fields);
  requireField(fields, 'file');
  const file = files.get('file');
  if (file === undefined) throw badRequest("Invalid 'file': it is no file.", 'file', 'invalid_type');
  if (file.bytes.length === 0) throw badRequest(`The file '${file.name}' is empty.`, 'file', 'invalid_value');
  const format = stringOf(fields['response_format']) ?? 'json';
  requireOneOf(format, ['json', 'text', 'srt', 'verbose_json', 'vtt'], 'response_format');
  const seconds = secondsOfSound(file.bytes);
  const tokens = Math.ceil(seconds * TOKENS_PER_SECOND);
  const plain = plainRequest(stringOf(fields['prompt']) ?? '', tokens, context.seed);
  const said = `Simulated ${task} of ${file.name} (${file.bytes.length} bytes).`;
  const isWhisper = model.includes('whisper');
  const streamed = fields['stream'] === 'true' && !isWhisper;
  return {
    request: { ...plain.request, echoText: said },
    directed: plain.directed,
    streamed,
    answer: (reply) => {
      const duration = { type: 'duration', seconds: Math.ceil(seconds) };
      const usage = isWhisper ? duration : tokenUsage(reply);
      if (streamed) return { kind: 'pieces', format: namedStream, pieces: events(reply, usage) };
      return wholeAnswer(textOf(reply), format, { task, seconds, usage, duration });
    },
  };
}

interface Facts {
  readonly task: string;
  readonly seconds: number;
  readonly usage: JsonObject;
  readonly duration: JsonObject;
}

function wholeAnswer(text: string, format: string, { task, seconds, usage, duration }: Facts): Answer {
  const end = new Date(Math.round(seconds * 1000)).toISOString().slice(11, 23);
  switch (format) {
    case 'text':
      return { kind: 'text', body: `${text}\n` };
    case 'srt':
      return { kind: 'text', body: `1\n00:00:00,000 --> ${end.replace('.', ',')}\n${text}\n\n` };
    case 'vtt':
      return { kind: 'text', body: `WEBVTT\n\n00:00:00.000 --> ${end}\n${text}\n\n` };
    case 'verbose_json':
      return {
        kind: 'json',
        body: {
          task,
          language: 'english',
          duration: seconds,
          text,
          segments: [segment(text, seconds)],
          usage: duration,
        },
      };
    default:
      return { kind: 'json', body: { text, usage } };
  }
}

function segment(text: string, seconds: number): JsonObject {
  return {
    id: 0,
    seek: 0,
    start: 0,
    end: seconds,
    text,
    tokens: [],
    temperature: 0,
    avg_logprob: -0.1,
    compression_ratio: 1,
    no_speech_prob: 0,
  };
}

function* events(reply: PlannedReply, usage: JsonObject): Generator<Piece> {
  const deltas = reply.blocks.flatMap((block) => (block.kind === 'text' ? block.deltas : []));
  for (const delta of deltas) yield namedEvent({ type: 'transcript.text.delta', delta });
  yield namedEvent({ type: 'transcript.text.done', text: textOf(reply), usage }, true);
}

function tokenUsage({ usage: { inputTokens, outputTokens } }: PlannedReply): JsonObject {
  return {
    type: 'tokens',
    input_tokens: inputTokens,
    input_token_details: { audio_tokens: inputTokens, text_tokens: 0 },
    output_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
  };
}
