import { type NanoUsd, usd } from '@genai-gateway/core';

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
