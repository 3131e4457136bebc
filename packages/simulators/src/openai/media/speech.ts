import { stringOf } from '../../json.ts';
import { tokensOfText } from '../../reply/tokens.ts';
import { type Endpoint, plainRequest } from '../endpoint.ts';
import { badRequest } from '../errors.ts';
import type { Piece } from '../http/stream-sender.ts';
import { requireField, requireKind, requireModel, requireOneOf, requireRange } from '../rules.ts';
import { mp3Silence, pcmTone, speechSeconds, wavTone } from './sound.ts';

const MOST_CHARACTERS = 4096;
/** How much of a sound goes out at once. */
const PIECE_BYTES = 16_384;

/** The content types OpenAI has, and the sound in each of the formats that are made here. */
const sounds = {
  mp3: { contentType: 'audio/mpeg', make: mp3Silence },
  wav: { contentType: 'audio/wav', make: wavTone },
  pcm: { contentType: 'audio/pcm', make: pcmTone },
} as const;

/**
 * `POST /v1/audio/speech`: a tone, or in MP3 silence, as long as the text would take to say. Opus, AAC and FLAC, and
 * the speech as server-sent events, are refused.
 * Source: `SpeechCreateParams` of the npm package openai 7.57.0 (read 2026-11-23).
 */
export const speechEndpoint: Endpoint = (body, context) => {
  requireModel(body);
  requireKind(requireField(body, 'input'), ['string'], 'input');
  requireField(body, 'voice');
  requireRange(body, 'speed', 0.25, 4);
  const text = stringOf(body['input']) ?? '';
  if (text.length > MOST_CHARACTERS) {
    throw badRequest(`Invalid 'input': longer than ${MOST_CHARACTERS} characters.`, 'input', 'string_above_max_length');
  }
  if (body['stream_format'] === 'sse') throw badRequest('Speech as events is not simulated.', 'stream_format');
  const wanted = stringOf(body['response_format'] ?? 'mp3') ?? '';
  requireOneOf(wanted, ['mp3', 'opus', 'aac', 'flac', 'wav', 'pcm'], 'response_format');
  if (wanted !== 'mp3' && wanted !== 'wav' && wanted !== 'pcm') {
    throw badRequest(`Speech as ${wanted} is not simulated; mp3, wav and pcm are.`, 'response_format');
  }
  const { contentType, make } = sounds[wanted];
  const plain = plainRequest(text, tokensOfText(text), context.seed);
  return {
    ...plain,
    streamed: true,
    answer: () => ({
      kind: 'pieces',
      // A sound cannot say that it failed: the connection just brings no more of it.
      format: { contentType, failure: () => Buffer.alloc(0), damage: (piece) => piece },
      pieces: cut(make(speechSeconds(plain.directed.text))),
    }),
  };
};

function* cut(sound: Buffer): Generator<Piece> {
  for (let at = 0; at < sound.length; at += PIECE_BYTES) yield { bytes: sound.subarray(at, at + PIECE_BYTES) };
}
