import type { UsageEvent } from '@genai-gateway/governance';

/** Port: where events are kept until they are in the books, so that the death of this process loses none. */
export interface Journal {
  /** These are in the books: they can be forgotten. Ids that it does not hold are none of its business. */
  confirm(requestIds: readonly string[]): Promise<void>;
  /**
   * Hands over what dead processes have left, to be booked by this one. It stays in the journal until it is
   * confirmed, and may be handed over again.
   */
  adopt(book: (events: readonly UsageEvent[]) => void): Promise<void>;
}
