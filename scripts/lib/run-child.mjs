import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';

/**
 * Runs a program in this process's place: same terminal, signals passed on, its exit code as the
 * result (128 and the signal's number when a signal ended it).
 *
 * With `guarded` the program gets an IPC channel by which it notices this process's death, and its own
 * process group, so that a terminal's Ctrl-C, which goes to every process of the group, reaches it
 * only through here, once. `aside` is for what runs beside something else: it gets the time that is left over, and what it says is
 * shown when it has ended, in one piece.
 */
export function runChild(command, args, { env, cwd, guarded = false, aside = false }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env,
      cwd,
      detached: guarded,
      stdio: guarded ? ['inherit', 'inherit', 'inherit', 'ipc'] : aside ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    });
    const said = [];
    if (aside) {
      if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(chunk));
    }
    let last = { signal: '', atMs: 0 };
    const pass = (signal) => {
      const nowMs = performance.now();
      // npm passes on a Ctrl-C that the terminal has sent to this process already.
      const echo = last.signal === signal && nowMs - last.atMs < 300;
      last = { signal, atMs: nowMs };
      if (!echo) child.kill(signal);
    };
    const handlers = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => [signal, () => pass(signal)]);
    for (const [signal, handler] of handlers) process.on(signal, handler);
    // A shell between npm and this process can end without passing on the signal that ended it.
    const parent = process.ppid;
    const watch =
      guarded && process.env.npm_lifecycle_event !== undefined
        ? setInterval(() => process.ppid !== parent && pass('SIGTERM'), 500)
        : undefined;
    const settle = () => {
      clearInterval(watch);
      for (const [signal, handler] of handlers) process.off(signal, handler);
    };
    child.on('error', (error) => {
      settle();
      reject(error);
    });
    child.on(aside ? 'close' : 'exit', (code, signal) => {
      settle();
      process.stdout.write(Buffer.concat(said));
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}
