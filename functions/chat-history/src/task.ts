import type { SweepCounts } from '@genai-gateway/history';

/** What the function does without a caller who waits. */
export type ChatHistoryTask =
  | { readonly task: 'export' | 'deletion'; readonly owner: string; readonly id: string }
  | ({ readonly task: 'retention-sweep' } & SweepState);

/** Where a sweep is, and what it has taken so far. */
export interface SweepState {
  /** Where it goes on; absent: at its beginning. */
  readonly after?: string;
  readonly counts?: AllCounts;
}

export interface AllCounts extends SweepCounts {
  readonly exports: number;
}
