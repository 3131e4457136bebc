import { setTimeout as sleep } from 'node:timers/promises';
import type { Daemon, Exit } from '../daemon.ts';

/** What {@link supervise} needs. */
export interface SupervisorOptions {
  /** Starts the process; `again` after the first time. */
  readonly start: (again: boolean) => Promise<Daemon>;
  /** Resolves once the process serves; `signal` ends the wait. */
  readonly untilReady: (signal: AbortSignal) => Promise<void>;
  /** It serves, for the first time or after an outage; `durationMs` since this process was started. */
  readonly onReady: (durationMs: number) => void;
  /** It ended, or could not be started, and is tried again: told once until it is ready again. */
  readonly onOutage: (outage: Outage) => void;
  /** A process that is not ready after so long is ended, and counts as an outage. */
  readonly startTimeoutMs: number;
  /** Wait before the first new start; doubled each time the process does not live for a minute, up to a minute. */
  readonly firstDelayMs: number;
}

/** How a process was lost. */
export interface Outage {
  readonly wasReady: boolean;
  /** In words, such as `SIGKILL` or `exit code 1`. */
  readonly how: string;
}

/** A process that is started again whenever it ends. */
export interface Supervised {
  /** The process that runs now. */
  pid(): number | undefined;
  /** Leaves it running, but when it ends it stays ended. */
  retire(): void;
  /** Ends it for good: asks, and kills after `graceMs`. Returns once it is gone. */
  stop(graceMs: number): Promise<void>;
  /** Ends it for good, at once. */
  kill(): void;
}

const longestDelayMs = 60_000;
/** A process that has lived for so long after it was ready has not failed at its start. */
const steadyMs = 60_000;

/** Starts a process and starts it again whenever it ends, until it is stopped. */
export function supervise(options: SupervisorOptions): Supervised {
  const stopping = new AbortController();
  let daemon: Daemon | undefined;

  const run = async () => {
    let shortLives = 0;
    let outage = false;
    for (let again = false; !stopping.signal.aborted; again = true) {
      const life = await live(again, () => {
        outage = false;
      });
      if (stopping.signal.aborted) return;
      if (!outage) options.onOutage({ wasReady: life.readyMs !== undefined, how: life.how });
      outage = true;
      shortLives = (life.readyMs ?? 0) >= steadyMs ? 0 : shortLives + 1;
      const delayMs = Math.min(longestDelayMs, options.firstDelayMs * 2 ** Math.max(0, shortLives - 1));
      await sleep(delayMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };

  /** One process, from its start to its end. */
  const live = async (again: boolean, onReady: () => void): Promise<{ how: string; readyMs?: number }> => {
    const begun = performance.now();
    let started: Daemon;
    try {
      started = await options.start(again);
    } catch (error) {
      return { how: error instanceof Error ? error.message : String(error) };
    }
    daemon = started;
    if (stopping.signal.aborted) return { how: 'stopped' };
    const ended = new AbortController();
    void started.exited.then(() => ended.abort());
    const timeout = AbortSignal.timeout(options.startTimeoutMs);
    const ready = await options.untilReady(AbortSignal.any([ended.signal, timeout, stopping.signal])).then(
      () => true,
      () => false,
    );
    if (!ready || started.hasExited()) {
      const late = timeout.aborted && !started.hasExited();
      if (late) await started.stop(5_000);
      const exit = await started.exited;
      return { how: late ? `not ready after ${options.startTimeoutMs / 1000} s` : inWords(exit) };
    }
    const readyAt = performance.now();
    onReady();
    options.onReady(readyAt - begun);
    const exit = await started.exited;
    return { how: inWords(exit), readyMs: performance.now() - readyAt };
  };

  const finished = run();
  return {
    pid: () => (daemon === undefined || daemon.hasExited() ? undefined : daemon.pid),
    retire: () => stopping.abort(),
    async stop(graceMs) {
      stopping.abort();
      await daemon?.stop(graceMs);
      await finished;
      // One that was just being started when the others were told to stop.
      await daemon?.stop(graceMs);
    },
    kill() {
      stopping.abort();
      daemon?.kill();
    },
  };
}

function inWords({ code, signal }: Exit): string {
  return signal ?? `exit code ${code}`;
}
