import type { UsageEvent } from '@genai-gateway/governance';
import { type BookedPayer, type BookedPayerOptions, bookedPayer } from './booked-payer.ts';
import { type SpendLogRow, spendLogJson, spendLogRow } from './spend-log-row.ts';

/** A call on its way into the books: its row in the spend log, and its cost before it becomes a float. */
export interface Posting {
  readonly event: UsageEvent;
  readonly payer: BookedPayer;
  readonly row: SpendLogRow;
}

/** The postings of a batch, one per request id: the first that was said of it counts. */
export function postingsOf(events: readonly UsageEvent[], options: BookedPayerOptions): readonly Posting[] {
  const postings = new Map<string, Posting>();
  for (const event of events) {
    const row = spendLogRow(event);
    if (!postings.has(row.request_id)) {
      postings.set(row.request_id, { event, payer: bookedPayer(event.payer, options), row });
    }
  }
  return [...postings.values()];
}

/** Their rows of the spend log, as one document of JSON. */
export function spendLogDocument(postings: readonly Posting[]): string {
  // Not by `join`: what it makes is copied once more for the brackets, a megabyte for a batch.
  let text = '';
  for (const { event, row, payer } of postings) text += `${text === '' ? '[' : ','}${spendLogJson(event, row, payer)}`;
  return `${text}]`;
}
