import { setTimeout as sleep } from 'node:timers/promises';
import { call, dialects, type Outcome } from './call.ts';
import { must } from './report.ts';

export interface Asked {
  readonly kind: 'hot' | 'litellm' | 'management';
  readonly status: number;
  readonly said: string;
  readonly atMs: number;
}

export interface RotationTrafficOptions {
  readonly replicas: readonly string[];
  /** Virtual keys that are used again and again. */
  readonly keys: readonly string[];
  /** One that nobody has used before. */
  readonly freshKey: () => string;
  /** The master key of now, as whoever manages reads it; undefined: there is no LiteLLM to manage. */
  readonly masterKey: (() => Promise<string>) | undefined;
}

const HOT_CALLERS = 6;

/** Clients that go on calling while secrets rotate. */
export class RotationTraffic {
  readonly #options: RotationTrafficOptions;
  readonly #asked: Asked[] = [];
  readonly #callers: Promise<void>[];
  #count = 0;
  #ending = false;

  constructor(options: RotationTrafficOptions) {
    this.#options = options;
    this.#callers = Array.from({ length: HOT_CALLERS }, () => this.#repeat(() => this.#hot(), 10));
    if (options.masterKey === undefined) return;
    this.#callers.push(
      this.#repeat(() => this.#throughLitellm(), 100),
      this.#repeat(() => this.#manage(), 150),
    );
  }

  async end(): Promise<readonly Asked[]> {
    this.#ending = true;
    await Promise.all(this.#callers);
    return this.#asked;
  }

  get asked(): readonly Asked[] {
    return this.#asked;
  }

  async #repeat(ask: () => Promise<void>, pauseMs: number): Promise<void> {
    while (!this.#ending) {
      await ask();
      await sleep(pauseMs);
    }
  }

  #replica(): string {
    const { replicas } = this.#options;
    return replicas[this.#count % replicas.length] ?? '';
  }

  async #hot(): Promise<void> {
    this.#count += 1;
    const { keys, freshKey } = this.#options;
    const key = this.#count % 3 === 0 ? freshKey() : (keys[this.#count % keys.length] ?? '');
    const dialect = dialects[this.#count % dialects.length] ?? 'chat';
    const text = `word ${'word '.repeat(10)}[[sim delayMs=20]]`;
    this.#note('hot', await call(this.#replica(), { key, model: 'nova-lite', text, dialect }));
  }

  async #throughLitellm(): Promise<void> {
    this.#count += 1;
    const key = this.#options.keys[0] ?? '';
    this.#note('litellm', await call(this.#replica(), { key, model: 'gpt-4o-mini', text: 'word', dialect: 'chat' }));
  }

  #note(kind: Asked['kind'], { status, delivered, text }: Outcome): void {
    const said = status === 200 && delivered ? '' : text.slice(0, 300);
    this.#asked.push({ kind, status: status === 200 && !delivered ? 0 : status, said, atMs: Date.now() });
  }

  /** A key is made and deleted, by turns a body that was read whole and one that is a stream to the gateway. */
  async #manage(): Promise<void> {
    this.#count += 1;
    const authorization = `Bearer ${(await this.#options.masterKey?.()) ?? ''}`;
    const made = await this.#ask('/key/generate', authorization, { models: [] });
    await this.#ask('/key/delete', authorization, { keys: [made] });
  }

  async #ask(path: string, authorization: string, body: object): Promise<unknown> {
    let status = 0;
    let said = '';
    try {
      const reply = await fetch(this.#replica() + path, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      status = reply.status;
      said = await reply.text();
    } catch (error) {
      said = String(error);
    }
    this.#asked.push({ kind: 'management', status, said: status === 200 ? '' : said.slice(0, 300), atMs: Date.now() });
    return status === 200 ? (JSON.parse(said) as { key?: string }).key : undefined;
  }
}

/** How many of a kind were asked and how many failed; a failure of the hot path fails the proof. */
export function judged(asked: readonly Asked[]): string {
  const of = (kind: Asked['kind']) => asked.filter((each) => each.kind === kind);
  const failed = (kind: Asked['kind']) => of(kind).filter(({ status }) => status !== 200);
  const hot = failed('hot');
  must(of('hot').length >= 20, `only ${of('hot').length} calls of the hot path were made`);
  must(
    hot.length === 0,
    `${hot.length} of ${of('hot').length} calls of the hot path failed, first: ${hot[0]?.status} ${hot[0]?.said}`,
  );
  const others = (['litellm', 'management'] as const)
    .filter((kind) => of(kind).length > 0)
    .map((kind) => {
      const [first] = failed(kind);
      const why = first === undefined ? '' : ` (${first.status} ${first.said.slice(0, 120)})`;
      return `${failed(kind).length} of ${of(kind).length} ${kind === 'litellm' ? 'calls through LiteLLM' : 'management calls'} failed${why}`;
    });
  return [`0 of ${of('hot').length} calls of the hot path failed`, ...others].join(', ');
}
