import type { Daemon } from './daemon.ts';
import type { RunningLitellm } from './litellm/start-litellm.ts';
import type { StateFolder } from './state-folder.ts';

type Part = 'gateway' | 'functions' | 'postgres' | 'redis' | 'dynamodb';

/** What was started so far, and how it is stopped. */
export class Running {
  readonly abort = new AbortController();
  litellm: RunningLitellm | undefined;
  readonly #daemons = new Map<Part, Daemon>();
  readonly #closers: (() => Promise<void>)[] = [];
  readonly #state: StateFolder;
  #stopping: Promise<void> | undefined;

  constructor(state: StateFolder) {
    this.#state = state;
  }

  add(part: Part, daemon: Daemon): void {
    this.#daemons.set(part, daemon);
  }

  /** Something in this process, closed after all processes have ended. */
  addCloser(close: () => Promise<void>): void {
    this.#closers.push(close);
  }

  warnOnEnd(daemon: Daemon, notice: (text: string) => void, text: string): void {
    void daemon.exited.then(() => {
      if (this.#stopping === undefined) notice(text);
    });
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  kill(): void {
    this.litellm?.kill();
    for (const daemon of this.#daemons.values()) daemon.kill();
    this.#state.release();
  }

  async #stopAll(): Promise<void> {
    this.litellm?.retire();
    // The gateway first: it drains, and what it drains is booked in the others. LiteLLM books too.
    await this.#daemons.get('gateway')?.stop(15_000);
    await this.#daemons.get('functions')?.stop(5_000);
    await this.litellm?.stop();
    await this.#daemons.get('postgres')?.stop(10_000);
    await this.#daemons.get('redis')?.stop(5_000);
    await this.#daemons.get('dynamodb')?.stop(5_000);
    for (const close of this.#closers) await close();
    this.#state.release();
  }
}
