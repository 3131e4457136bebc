import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Logger } from '@genai-gateway/telemetry';

/** What a process is busy with, as it is at the moment. */
export interface Load {
  readonly inFlight: number;
  readonly openStreams: number;
  /** Calls that ended and are not in LiteLLM's tables yet. */
  readonly bookingsWaiting: number;
  /** Calls whose lines are not in the request log yet; absent: there is none. */
  readonly requestLogsWaiting?: number;
  /** Calls that have no line in it, since the start. */
  readonly requestLogsDropped?: number;
}

/** How fine the event loop is watched: a timer of libuv's at this pace. */
const RESOLUTION_MS = 50;

/**
 * A line `load` every so often, from which autoscaling and alarms are made; `eventLoopDelayMs` is the longest that
 * anything waited for its turn since the line before. 0: no lines. Gives what ends it.
 */
export function logLoad(logger: Logger, intervalMs: number, load: () => Load): () => void {
  if (intervalMs === 0) return () => {};
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const timer = setInterval(() => {
    // It measures from one tick of its timer to the next, so the pace itself is no delay.
    const eventLoopDelayMs = Math.max(0, Math.round(delay.max / 1e6) - RESOLUTION_MS);
    delay.reset();
    logger.info({ ...load(), eventLoopDelayMs }, 'load');
  }, intervalMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    delay.disable();
  };
}
