import { afterAll, beforeAll } from 'vitest';
import { type RunningRedis, startRedis } from '../redis.ts';
import { cacheDir, temporaryState } from './temporary-state.ts';

/** A Redis for one file of tests. */
export interface TestRedis {
  /** Undefined: this machine has none, and `label` says why. */
  readonly url: string | undefined;
  readonly label: string;
}

/** One that is started before the first test of a file and gone after its last. */
export function testRedis(): TestRedis {
  const temporary = temporaryState();
  let running: RunningRedis | undefined;
  beforeAll(async () => {
    running = await startRedis({ state: temporary.state, cacheDir, signal: AbortSignal.timeout(600_000) });
  }, 180_000);
  afterAll(async () => {
    await running?.stop();
    temporary.remove();
  });
  return {
    get url() {
      return running?.url;
    },
    get label() {
      return running?.label ?? 'it was not started';
    },
  };
}
