import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { defaultConfigFile, pickPort, type StateFolder } from '@genai-gateway/local';
import { findLitellm } from '../../../packages/local/src/litellm/litellm-python.ts';
import { type RunningLitellm, startLitellm } from '../../../packages/local/src/litellm/start-litellm.ts';
import { say } from './report.ts';

/** What LiteLLM reads when it starts. */
interface LitellmSecrets {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly masterKey: string;
}

export interface LitellmServiceOptions {
  /** A folder for each start. */
  readonly stateOf: (start: number) => StateFolder;
  readonly cacheDir: string;
  readonly saltKey: string;
  readonly base: NodeJS.ProcessEnv;
  readonly readSecrets: () => Promise<LitellmSecrets>;
}

interface Task {
  readonly port: number;
  readonly litellm: RunningLitellm;
}

/** The real LiteLLM at one address, rolled as ECS does it: the new task serves beside the old one before that is stopped. */
export class LitellmService {
  readonly #options: LitellmServiceOptions;
  readonly #server: Server;
  #tasks: readonly Task[] = [];
  #starts = 0;
  #turn = 0;

  private constructor(options: LitellmServiceOptions) {
    this.#options = options;
    this.#server = createServer((near) => {
      this.#turn += 1;
      const task = this.#tasks[this.#turn % this.#tasks.length];
      const far = connect({ host: '127.0.0.1', port: task?.port ?? 0 });
      near.on('error', () => far.destroy()).pipe(far);
      far.on('error', () => near.destroy()).pipe(near);
    });
  }

  static async start(options: LitellmServiceOptions): Promise<LitellmService> {
    const service = new LitellmService(options);
    service.#server.listen(0, '127.0.0.1');
    await once(service.#server, 'listening');
    service.#tasks = [await service.#startTask()];
    return service;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  }

  /** Resolves once the new task serves alone; `mixedMs` is how long both serve. */
  async roll(mixedMs: number): Promise<void> {
    const old = this.#tasks;
    const fresh = await this.#startTask();
    this.#tasks = [...old, fresh];
    await new Promise((resolve) => setTimeout(resolve, mixedMs));
    this.#tasks = [fresh];
    await Promise.all(old.map(({ litellm }) => litellm.stop()));
  }

  async stop(): Promise<void> {
    this.#server.close();
    await Promise.all(this.#tasks.map(({ litellm }) => litellm.stop()));
  }

  async #startTask(): Promise<Task> {
    const { stateOf, cacheDir, saltKey, base, readSecrets } = this.#options;
    const source = await findLitellm(undefined, AbortSignal.timeout(60_000));
    if (source.kind === 'none') throw new Error('The proof needs a Python for LiteLLM; --short does without.');
    const port = await pickPort();
    this.#starts += 1;
    const litellm = startLitellm({
      ...{ source, state: stateOf(this.#starts), cacheDir, port, configFile: defaultConfigFile, onNotice: say },
      services: {
        ...(await readSecrets()),
        ...{ base, saltKey, username: 'admin', password: 'admin', publicUrl: this.url },
      },
    });
    await litellm.ready;
    return { port, litellm };
  }
}
