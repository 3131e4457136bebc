import type { JsonObject } from '../../json.ts';

/** The names that differ between the two versions of the Realtime API, and what a session says of itself at first. */
export interface RealtimeDialect {
  /** Of the events of a text, before `.delta` and `.done`. */
  readonly text: string;
  /** Of a text in an item of the assistant. */
  readonly textType: string;
  /** What says that an item has come into the conversation. */
  readonly itemAdded: string;
  /** What says that an item is whole; undefined: nothing does. */
  readonly itemDone: string | undefined;
  readonly modalities: string;
  readonly tokenLimit: string;
  readonly session: JsonObject;
}

/** Source: `RealtimeServerEvent` of the npm package openai 7.57.0 (read 2026-11-23). */
export const current: RealtimeDialect = {
  text: 'response.output_text',
  textType: 'output_text',
  itemAdded: 'conversation.item.added',
  itemDone: 'conversation.item.done',
  modalities: 'output_modalities',
  tokenLimit: 'max_output_tokens',
  session: {
    type: 'realtime',
    audio: {
      input: { format: { type: 'audio/pcm', rate: 24_000 }, turn_detection: null, transcription: null },
      output: { format: { type: 'audio/pcm', rate: 24_000 }, voice: 'alloy', speed: 1 },
    },
    truncation: 'auto',
  },
};

/** As spoken to clients that send `OpenAI-Beta: realtime=v1`. Source: `beta/realtime` of the same package. */
export const beta: RealtimeDialect = {
  text: 'response.text',
  textType: 'text',
  itemAdded: 'conversation.item.created',
  itemDone: undefined,
  modalities: 'modalities',
  tokenLimit: 'max_response_output_tokens',
  session: {
    voice: 'alloy',
    input_audio_format: 'pcm16',
    output_audio_format: 'pcm16',
    input_audio_transcription: null,
    turn_detection: null,
    temperature: 0.8,
  },
};
