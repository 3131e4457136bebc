import type { Clock } from '@genai-gateway/core';
import { afterAll, beforeAll, describe } from 'vitest';
import type { SessionStore } from '../session-store.ts';
import { abortTests } from './session-store-aborts.ts';
import { listTests } from './session-store-lists.ts';
import { sessionTests } from './session-store-sessions.ts';
import { RETENTION_DAYS, sessionStoreStage } from './session-store-stage.ts';
import { turnTests } from './session-store-turns.ts';

/** What a store under test is made with. */
export interface SessionStoreSetting {
  readonly now: Clock;
  readonly retentionDays: number;
}

export interface SessionStoreUnderTest {
  readonly store: SessionStore;
  close(): Promise<void>;
}

/**
 * Registers the tests that every `SessionStore` passes. `make` is called once; every test has owners of its own, so the
 * store may hold what other tests have left.
 */
export function sessionStoreSuite(
  name: string,
  make: (setting: SessionStoreSetting) => Promise<SessionStoreUnderTest>,
): void {
  describe(name, () => {
    let subject: SessionStoreUnderTest | undefined;
    const stage = sessionStoreStage(() => {
      if (subject === undefined) throw new Error('the store was not made');
      return subject.store;
    });

    beforeAll(async () => {
      subject = await make({ now: stage.now, retentionDays: RETENTION_DAYS });
    }, 60_000);
    afterAll(async () => subject?.close());

    turnTests(stage);
    sessionTests(stage);
    listTests(stage);
    abortTests(stage);
  });
}
