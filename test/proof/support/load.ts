import { setTimeout as sleep } from 'node:timers/promises';
import { type Calling, call, dialects, type Outcome } from './call.ts';
import type { ProofWorld } from './world.ts';

/** What a client meant to do with a call. */
type Plan = 'read it' | 'leave it' | 'let it fail' | 'let it break';

/** A call of the load, and the client's own book of it. */
export interface Call {
  /** In its prompt, and the end user's name: by it the call is found at the provider and in the books. */
  readonly word: string;
  readonly key: string;
  readonly plan: Plan;
  readonly calling: Calling;
  readonly outcome: Outcome;
}

const wordPattern = /call-[0-9a-z]+-\d+/;

/** The word of a call in what the provider got. */
export function wordOf(bodyText: string): string | undefined {
  return wordPattern.exec(bodyText)?.[0];
}

/** Callers that go on calling both replicas, by every dialect, until they are told to stop. */
export class Load {
  readonly #world: ProofWorld;
  readonly #keys: readonly string[];
  readonly #run = Date.now().toString(36);
  readonly #calls: Call[] = [];
  readonly #callers: Promise<void>[];
  #count = 0;
  #ending = false;

  /** So many callers, each with one call open at a time. */
  constructor(world: ProofWorld, keys: readonly string[], callers: number) {
    this.#world = world;
    this.#keys = keys;
    this.#callers = Array.from({ length: callers }, () => this.#goOn());
  }

  async #goOn(): Promise<void> {
    while (!this.#ending) {
      this.#count += 1;
      const count = this.#count;
      const call = plan(count, `call-${this.#run}-${count}`, this.#keys[count % this.#keys.length] ?? '');
      const outcome = await callAt(this.#replica(), call.calling);
      this.#calls.push({ ...call, outcome });
      // A replica that is gone refuses at once; the callers are not to do nothing else meanwhile.
      await sleep(outcome.status === 0 || outcome.status >= 500 ? 50 : 5);
    }
  }

  /** One of those that are ready; a load balancer learns of a death from its calls, too. */
  #replica(): string {
    const ready = this.#world.replicas.filter((each) => each.isReady());
    const among = ready.length > 0 ? ready : this.#world.replicas;
    return among[Math.floor(Math.random() * among.length)]?.url ?? '';
  }

  /** Resolves with all calls once the last has ended. */
  async end(): Promise<readonly Call[]> {
    this.#ending = true;
    await Promise.all(this.#callers);
    return this.#calls;
  }
}

const callAt = call;

function plan(count: number, word: string, key: string): Omit<Call, 'outcome'> {
  const chance = Math.random();
  const dialect = dialects[count % dialects.length] ?? 'chat';
  const meant: Plan =
    chance < 0.7 ? 'read it' : chance < 0.85 ? 'leave it' : chance < 0.93 ? 'let it fail' : 'let it break';
  const pace = `delayMs=${Math.floor(Math.random() * 30)} firstByteMs=${Math.floor(Math.random() * 100)}`;
  const fault = { 'let it fail': ' error=ModelTimeoutException', 'let it break': ' cut after=4' };
  const more = meant === 'let it fail' || meant === 'let it break' ? fault[meant] : '';
  const text = `${word} ${'word '.repeat(1 + Math.floor(Math.random() * 30))}[[sim ${pace}${more}]]`;
  return {
    ...{ word, key, plan: meant },
    calling: {
      ...{ key, model: 'nova-lite', text, dialect },
      ...(count % 3 === 0 ? { maxTokens: 200 } : {}),
      headers: { 'x-litellm-end-user-id': word },
      ...(meant === 'leave it' ? { leaveAfterBytes: Math.floor(Math.random() * 1_200) } : {}),
    },
  };
}
