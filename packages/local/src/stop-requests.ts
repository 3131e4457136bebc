/** One Ctrl-C can arrive twice: from the terminal, and again from npm or the wrapper. */
const samePressMs = 1_000;

/** Why a start that is under way was ended: somebody asked for it. */
export class StopRequest extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super('The launcher was asked to stop.');
    this.name = 'StopRequest';
    this.exitCode = exitCode;
  }
}

/** See {@link stopRequests}. */
export interface StopRequests {
  /** Aborted by the first request, with a {@link StopRequest}. */
  readonly signal: AbortSignal;
  /** Settles with the first request. */
  readonly requested: Promise<void>;
  /** What a second request does before it ends this process. */
  killer: () => void;
}

/** Waits for Ctrl-C, SIGTERM, SIGHUP, or the end of the wrapper that started this process. */
export function stopRequests(): StopRequests {
  const controller = new AbortController();
  const { signal } = controller;
  const requested = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  const requests: StopRequests = { signal, requested, killer: () => undefined };
  let firstMs: number | undefined;
  const request = (exitCode: number) => {
    const nowMs = performance.now();
    if (firstMs === undefined) {
      firstMs = nowMs;
      controller.abort(new StopRequest(exitCode));
    } else if (nowMs - firstMs > samePressMs) {
      requests.killer();
      process.exit(exitCode);
    }
  };
  process.on('SIGINT', () => request(130));
  process.on('SIGTERM', () => request(143));
  process.on('SIGHUP', () => request(129));
  // The wrapper holds an IPC channel to us; it closes when the wrapper dies, however it dies.
  if (process.connected) process.once('disconnect', () => request(129));
  return requests;
}
