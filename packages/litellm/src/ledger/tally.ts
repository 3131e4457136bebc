import { type NanoUsd, usd } from '@genai-gateway/core';
import type { UsageEvent } from '@genai-gateway/governance';
import { type SpendLogOptions, type SpendLogRow, spendLogRow } from './spend-log-row.ts';

/** A call on its way into the books: its row in the spend log, and its cost before it becomes a float. */
export interface Posting {
  readonly event: UsageEvent;
  readonly row: SpendLogRow;
}

/** The postings of a batch, one per request id: the first that was said of it counts. */
export function postingsOf(events: readonly UsageEvent[], options: SpendLogOptions): readonly Posting[] {
  const postings = new Map<string, Posting>();
  for (const event of events) {
    const row = spendLogRow(event, options);
    if (!postings.has(row.request_id)) postings.set(row.request_id, { event, row });
  }
  return [...postings.values()];
}

type Columns = Readonly<Record<string, string>>;
type Counts = Readonly<Record<string, number>>;

/** Adds up what falls on the same row of a table: money in whole nano-dollars, so that no order of adding matters. */
export class Tally {
  readonly #sums = new Map<string, { columns: Columns; nanoUsd: NanoUsd; counts: Record<string, number> }>();

  /** `columns` name the row; what stands `beside` them is taken from the first that falls on it. */
  add(columns: Columns, nanoUsd: NanoUsd, counts: Counts = {}, beside: Columns = {}): void {
    let key = '';
    for (const name in columns) key += `${columns[name]}\0`; // no text in a table holds a NUL
    const sum = this.#sums.get(key);
    if (sum === undefined) {
      this.#sums.set(key, { columns: { ...columns, ...beside }, nanoUsd, counts: { ...counts } });
      return;
    }
    sum.nanoUsd += nanoUsd;
    for (const name in counts) sum.counts[name] = (sum.counts[name] ?? 0) + (counts[name] ?? 0);
  }

  /** A row each, with its spend in dollars. */
  rows(): readonly Readonly<Record<string, string | number>>[] {
    return [...this.#sums.values()].map(({ columns, nanoUsd, counts }) => ({
      ...columns,
      spend: usd(nanoUsd),
      ...counts,
    }));
  }
}
