import { hash } from 'node:crypto';
import { errorMessage } from '@genai-gateway/core';
import type { Redis } from 'ioredis';
import { openRedis, type RedisAddress } from '../open-redis.ts';
import { type ScriptArgument, ScriptCommand } from './script-command.ts';
import type { Script } from './scripts/script.ts';

/** Redis cannot be asked now. Whether what was sent took effect is not known. */
export class LinkDown extends Error {}

export interface RedisLinkOptions {
  readonly redis: Redis;
  /** Nothing at all answered for so long, while something waits, tells that Redis is down, milliseconds. */
  readonly timeoutMs: number;
  readonly log: (message: string) => void;
  /** Brings Redis up to date before it is used again; rejects when it could not. */
  readonly recover: () => Promise<void>;
}

interface Waiting {
  readonly startedAt: number;
  readonly fail: (error: LinkDown) => void;
}

const probeEveryMs = 100;
/** A connection on which nothing was answered for so long is given up, in case the server moved. */
const giveUpAfterMs = 3_000;

/**
 * A connection for {@link RedisLink}: never queues a command and never sends one twice. Connects by itself, for as
 * long as it takes. Not for Redis Cluster.
 */
export function connectCounters(address: RedisAddress): Redis {
  const redis = openRedis(address, {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    enableAutoPipelining: false, // a batch would wait for the one before it: see RedisLink
    enableReadyCheck: true,
    connectTimeout: 5_000,
    keepAlive: 10_000,
    retryStrategy: (attempts) => Math.min(attempts * 50, 1_000),
    reconnectOnError: () => false,
  });
  redis.on('error', () => {}); // told by the link, once per outage
  return redis;
}

/**
 * Scripts in Redis behind a circuit breaker: a connection that breaks, or that is silent while something waits, fails
 * all that wait, and from then on `isUp` is false until a probe was answered and `recover` is done. A Redis that is
 * slow but answers is waited for: what each replica counts alone meanwhile is not exact any more.
 */
export class RedisLink {
  readonly #options: RedisLinkOptions;
  readonly #waiting = new Set<Waiting>();
  readonly #hashes = new Map<Script, string>();
  /** The connection whose writes are held back until the end of this turn. */
  #gathering: Redis['stream'] | undefined;
  #isUp = false;
  #closed = false;
  #told = false;
  #watch: NodeJS.Timeout | undefined;
  #probe: NodeJS.Timeout | undefined;
  #probing: Promise<void> | undefined;
  #unansweredSince: number | undefined;
  #answeredAt = 0;
  readonly #onClose = (): void => this.trip('the connection is closed');
  readonly #onReady = (): void => void this.probe();

  constructor(options: RedisLinkOptions) {
    this.#options = options;
    options.redis.on('close', this.#onClose);
    options.redis.on('ready', this.#onReady);
    this.#scheduleProbe();
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Sends a script, whether the breaker is open or not. Rejects with {@link LinkDown}, or with what the script failed by. */
  run(script: Script, keys: readonly string[], args: readonly ScriptArgument[]): Promise<readonly string[]> {
    const known = this.#hashes.get(script) ?? hash('sha1', script.source, 'hex');
    this.#hashes.set(script, known);
    return this.send((redis) =>
      answerTo(redis, new ScriptCommand('evalsha', known, keys, args)).then(asTexts, (error: unknown) => {
        if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
        return answerTo(redis, new ScriptCommand('eval', script.source, keys, args)).then(asTexts);
      }),
    );
  }

  /** The same for other commands. */
  send<T>(command: (redis: Redis) => Promise<T>): Promise<T> {
    const { redis } = this.#options;
    return new Promise<T>((resolve, reject) => {
      const waiting: Waiting = { startedAt: performance.now(), fail: reject };
      this.#waiting.add(waiting);
      this.#watchFrom(waiting);
      this.#gather(redis);
      command(redis).then(
        (reply) => {
          this.#answered(waiting);
          resolve(reply);
        },
        (error: unknown) => {
          this.#answered(waiting);
          if (isScriptError(error)) return reject(error);
          this.trip(errorMessage(error));
          reject(new LinkDown('Redis cannot be reached', { cause: error }));
        },
      );
    });
  }

  #answered(waiting: Waiting): void {
    this.#waiting.delete(waiting);
    this.#answeredAt = performance.now();
  }

  /**
   * What is sent within one turn of the event loop leaves in one write: a system call costs more than a command. The
   * next turn's does not wait for the answers to it, as it would in ioredis' own pipelines.
   */
  #gather({ stream }: Redis): void {
    if (stream === undefined || stream === this.#gathering) return;
    this.#gathering = stream;
    stream.cork();
    setImmediate(() => {
      this.#gathering = undefined;
      stream.uncork();
    });
  }

  /** Opens the breaker. */
  trip(reason: string): void {
    const wasUp = this.#isUp;
    this.#isUp = false;
    for (const each of this.#waiting) each.fail(new LinkDown(reason));
    this.#waiting.clear();
    if (this.#closed) return;
    if (wasUp) {
      this.#told = true;
      this.#options.log(`Redis cannot be asked: ${reason}. Limits are counted by each replica alone meanwhile.`);
    }
    this.#scheduleProbe();
  }

  /** Tries to close the breaker, now. Never rejects. */
  probe(): Promise<void> {
    this.#probing ??= this.#tryAgain().finally(() => {
      this.#probing = undefined;
      if (!this.#isUp) this.#scheduleProbe();
    });
    return this.#probing;
  }

  async #tryAgain(): Promise<void> {
    const { redis, recover, log } = this.#options;
    if (this.#isUp || this.#closed || redis.status !== 'ready') return;
    try {
      this.#unansweredSince ??= performance.now();
      await this.send((client) => client.ping());
      this.#unansweredSince = undefined;
      await recover();
      if (this.#closed) return;
      this.#isUp = true;
      if (this.#told) log('Redis is asked again.');
      this.#told = false;
    } catch (error) {
      if (!(error instanceof LinkDown)) log(`Redis cannot be used: ${error instanceof Error ? error.message : error}.`);
      const since = this.#unansweredSince;
      if (since === undefined || performance.now() - since < giveUpAfterMs) return;
      this.#unansweredSince = undefined;
      redis.disconnect(true);
    }
  }

  close(): void {
    this.#closed = true;
    this.#options.redis.off('close', this.#onClose);
    this.#options.redis.off('ready', this.#onReady);
    clearTimeout(this.#watch);
    clearTimeout(this.#probe);
    this.trip('it is not used any more');
  }

  #scheduleProbe(): void {
    if (this.#closed) return;
    clearTimeout(this.#probe);
    this.#probe = setTimeout(() => void this.probe(), probeEveryMs);
    this.#probe.unref();
  }

  /** One timer for all that wait: they are answered in the order in which they were sent. */
  #watchFrom(oldest: Waiting): void {
    if (this.#watch !== undefined || this.#closed) return;
    const { timeoutMs } = this.#options;
    const silentSince = Math.max(oldest.startedAt, this.#answeredAt);
    this.#watch = setTimeout(
      () => {
        // Answers that came while this process itself stood still are read before judgement.
        setImmediate(() => {
          this.#watch = undefined;
          const [first] = this.#waiting;
          if (first === undefined) return;
          const silentMs = performance.now() - Math.max(first.startedAt, this.#answeredAt);
          if (silentMs >= timeoutMs) this.trip(`no answer within ${timeoutMs} ms`);
          else this.#watchFrom(first);
        });
      },
      Math.max(1, silentSince + timeoutMs - performance.now()),
    );
    this.#watch.unref();
  }
}

function answerTo(redis: Redis, command: ScriptCommand): Promise<unknown> {
  redis.sendCommand(command);
  return command.promise;
}

/** What Redis says of the data. All else is about the server, which may be full, busy, loading or another one's replica. */
function isScriptError(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError' && /^(ERR|WRONGTYPE) /.test(error.message);
}

function asTexts(reply: unknown): readonly string[] {
  if (Array.isArray(reply) && reply.every((each) => typeof each === 'string')) return reply;
  throw new Error('a script of the counters gave no list of texts');
}
