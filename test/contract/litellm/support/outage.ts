import { vi } from 'vitest';
import { pidOfPart, signalPart } from '../../support/processes.ts';
import { world } from '../../support/world.ts';

/**
 * Kills the LiteLLM of the shared stack. The launcher starts it again within a second; that process is held
 * before it can serve, so that the outage lasts until it is let go.
 */
export class Outage {
  readonly #killed: number;
  #held: number | undefined;

  constructor() {
    this.#killed = signalPart(world.stateDir, 'litellm', 'SIGKILL');
  }

  /** Resolves once the next process is there, and held. */
  async hold(): Promise<void> {
    await vi.waitFor(
      () => {
        const pid = pidOfPart(world.stateDir, 'litellm');
        if (pid === undefined || pid === this.#killed) throw new Error('LiteLLM was not started again.');
        process.kill(pid, 'SIGSTOP');
        this.#held = pid;
      },
      { timeout: 20_000, interval: 50 },
    );
  }

  /** Lets it go on; for `afterAll` as well. */
  end(): void {
    if (this.#held !== undefined) process.kill(this.#held, 'SIGCONT');
    this.#held = undefined;
  }
}
