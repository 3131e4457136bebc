import type { NanoUsd } from '@genai-gateway/core';
import type { BookedPayer, PayerColumns } from './booked-payer.ts';
import type { Posting } from './posting.ts';
import type { SpendLogRow } from './spend-log-row.ts';

/**
 * Calls of a batch that fall on the same rows in all tables, added up. A batch has hundreds of calls and there are a dozen
 * tables, but a call falls where the last one of the same payer, day, model and outcome fell.
 */
export interface PostedCalls {
  readonly payer: PayerColumns;
  readonly projectId: string | undefined;
  readonly accessGroups: readonly string[];
  /** Of the first of them, for what they have in common; and its id. */
  readonly row: SpendLogRow;
  /** UTC: `2026-11-23`. */
  readonly date: string;
  readonly isSuccess: boolean;
  /** Whether the caller read a status of success: what was cut after that was a 200. */
  readonly isAnswered: boolean;
  readonly calls: number;
  readonly nanoUsd: NanoUsd;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly durationMs: number;
}

type Sum = { -readonly [Field in keyof PostedCalls]: PostedCalls[Field] };

/** In the order of the first call of each. */
export function postedCalls(postings: readonly Posting[]): readonly PostedCalls[] {
  const sums: Sum[] = [];
  const byPayer = new Map<BookedPayer, Map<string, Sum>>();
  for (const posting of postings) {
    const { event, payer, row } = posting;
    const ofPayer = byPayer.get(payer) ?? new Map<string, Sum>();
    if (ofPayer.size === 0) byPayer.set(payer, ofPayer);
    const key = keyOf(posting);
    let sum = ofPayer.get(key);
    if (sum === undefined) {
      sum = emptySum(posting);
      ofPayer.set(key, sum);
      sums.push(sum);
    }
    sum.calls += 1;
    sum.nanoUsd += event.costNanoUsd;
    sum.promptTokens += row.prompt_tokens;
    sum.completionTokens += row.completion_tokens;
    sum.cacheReadTokens += event.usage?.cacheReadTokens ?? 0;
    sum.cacheWriteTokens += event.usage?.cacheWriteTokens ?? 0;
    sum.durationMs += row.request_duration_ms;
  }
  return sums;
}

/** What the tables ask for beside the payer. No text in a table holds a NUL. */
function keyOf(posting: Posting): string {
  const { row } = posting;
  return `${dateOf(row)}${row.status}${isAnswered(posting)}${row.call_type}\0${row.model}\0${row.model_group}`;
}

function emptySum(posting: Posting): Sum {
  const { event, payer, row } = posting;
  return {
    payer: payer.columns,
    projectId: event.payer.projectId,
    accessGroups: event.payer.accessGroups,
    row,
    date: dateOf(row),
    isSuccess: row.status === 'success',
    isAnswered: isAnswered(posting),
    calls: 0,
    nanoUsd: 0n,
    promptTokens: 0,
    completionTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    durationMs: 0,
  };
}

function dateOf(row: SpendLogRow): string {
  return row.startTime.slice(0, 10);
}

function isAnswered({ event }: Posting): boolean {
  return event.end === 'delivered' || (event.end === 'cut' && event.firstByteAtMs !== undefined);
}
