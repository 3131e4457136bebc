import type { NanoUsd } from '@genai-gateway/core';
import type { Usage } from '@genai-gateway/protocol';
import { costOf } from './cost.ts';
import type { Price } from './price.ts';
import type { RequestSize } from './request-size.ts';

/** What a call may use and cost, said before it is made. */
export interface Estimate {
  /** All tokens: those of the prompt and of the longest answer. */
  readonly tokens: number;
  readonly nanoUsd: NanoUsd;
  readonly price: Price;
  /** The same, in parts. */
  readonly usage: Usage;
}

/** What a call that was cut has used. */
export interface CutEstimate {
  readonly usage: Usage;
  readonly nanoUsd: NanoUsd;
}

/*
 * Assumptions, rather too much than too little: an English token has four bytes or more, others three; a picture is
 * never more than some 1600 tokens; a token of a document takes many characters of base64, because most of that is
 * layout. On the wire a token of a streamed answer comes within a frame of 150 bytes and more, several together.
 */
const BYTES_PER_TOKEN = 3;
const TOKENS_PER_IMAGE = 1600;
const MEDIA_CHARS_PER_TOKEN = 16;
const STREAMED_BYTES_PER_TOKEN = 50;
/** What LiteLLM reserves where a request does not say how long the answer may be. */
const DEFAULT_OUTPUT_TOKENS = 8192;

/**
 * The most that a request will use, nearly: without a `maxOutputTokens` the model's own most, up to the 8192 that
 * LiteLLM takes. Source: LiteLLM 1.106.2, proxy/spend_tracking/budget_reservation.py,
 * https://github.com/BerriAI/litellm (read 2026-11-23).
 */
export function estimateRequest(size: RequestSize, price: Price): Estimate {
  const inputTokens = inputTokensOf(size);
  const outputTokens =
    size.maxOutputTokens ?? Math.min(price.maxOutputTokens ?? DEFAULT_OUTPUT_TOKENS, DEFAULT_OUTPUT_TOKENS);
  const usage: Usage = {
    ...(size.writesCache ? { inputTokens: 0, cacheWriteTokens: inputTokens } : { inputTokens }),
    ...(size.writesCacheForHour ? { cacheWriteOneHourTokens: inputTokens } : {}),
    outputTokens: answersInText(price) ? outputTokens : 0,
    ...picturesOf(size, price),
    ...(size.serviceTier === undefined ? {} : { serviceTier: size.serviceTier }),
  };
  return { tokens: inputTokens + (usage.outputTokens ?? 0), nanoUsd: costOf(price, usage), price, usage };
}

/** How many tokens a prompt of this size has at most, nearly. */
export function inputTokensOf(size: Pick<RequestSize, 'textBytes' | 'images' | 'mediaChars'>): number {
  return (
    Math.ceil(size.textBytes / BYTES_PER_TOKEN) +
    size.images * TOKENS_PER_IMAGE +
    Math.ceil(size.mediaChars / MEDIA_CHARS_PER_TOKEN)
  );
}

/**
 * What a call has used that ended before the provider told it, or never tells it: what was `reported`, else the
 * prompt as estimated and of the answer what `streamedBytes` of the wire may have held.
 */
export function estimateCut(
  estimate: Estimate,
  streamedBytes: number,
  reported: Usage | undefined,
  price: Price,
): CutEstimate {
  const { usage: most } = estimate;
  const seen = Math.min(Math.ceil(streamedBytes / STREAMED_BYTES_PER_TOKEN), most.outputTokens ?? 0);
  const prompt: Usage = reported?.inputTokens === undefined ? withFields({}, most, PROMPT_FIELDS) : {};
  const usage: Usage = {
    ...withFields(prompt, most, ASKED_FIELDS),
    ...reported,
    outputTokens: Math.max(reported?.outputTokens ?? 0, seen),
  };
  return { usage, nanoUsd: costOf(price, usage) };
}

const PROMPT_FIELDS = ['inputTokens', 'cacheWriteTokens', 'cacheWriteOneHourTokens'] as const;
const ASKED_FIELDS = ['inputImages', 'outputImages', 'inputQueries', 'guardrailUnits', 'serviceTier'] as const;

/** Embeddings, pictures and ranks have no text to pay for. */
function answersInText({ rates }: Price): boolean {
  return (rates['output_cost_per_token'] ?? 0n) > 0n || Object.keys(rates).length === 0 || isByTime(rates);
}

function isByTime(rates: Price['rates']): boolean {
  return rates['cost_per_second'] !== undefined || rates['input_cost_per_second'] !== undefined;
}

/** Counts of pictures and searches, for models that are paid by them. */
function picturesOf(size: RequestSize, { rates }: Price): Usage {
  return {
    ...(rates['input_cost_per_image'] === undefined ? {} : { inputImages: size.images }),
    ...(rates['output_cost_per_image'] === undefined ? {} : { outputImages: size.outputImages }),
    ...(rates['input_cost_per_query'] === undefined ? {} : { inputQueries: 1 }),
  };
}

/** `from` with the fields of `usage` that it has. */
function withFields<K extends keyof Usage>(from: Usage, usage: Usage, names: readonly K[]): Usage {
  const all: { -readonly [N in keyof Usage]: Usage[N] } = { ...from };
  for (const name of names) if (usage[name] !== undefined) all[name] = usage[name];
  return all;
}
