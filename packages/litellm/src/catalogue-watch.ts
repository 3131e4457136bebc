import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { boundedQuery } from './bounded-query.ts';
import { type ConfigDocument, loadConfig } from './config-document.ts';
import { type ConfigSource, configFiles } from './config-source.ts';
import { encryptionKey } from './decrypt.ts';
import { databaseName, type Environment, interpret, type LitellmConfig } from './interpret.ts';
import { mergeStored } from './stored-config.ts';
import { parseStored, storedSql } from './stored-query.ts';

/** Where the lines of a watch go; a logger of pino fits. */
export interface CatalogueLog {
  info(message: string): void;
  warn(message: string): void;
}

export interface CatalogueWatchOptions {
  readonly pool: pg.Pool;
  /** LiteLLM's `config.yaml`, a path or another place; undefined: there is none. */
  readonly configFile: string | ConfigSource | undefined;
  /** The process's variables: LITELLM_SALT_KEY, LITELLM_MASTER_KEY, STORE_MODEL_IN_DB and what `os.environ/` refers to. */
  readonly env: Environment;
  /** Where a model is called whose region nothing says. */
  readonly defaultRegion: string;
  /** Whether the gateway writes a request log: then LiteLLM's loggers into S3 need not see every call. */
  readonly logsRequests?: boolean;
  readonly log: CatalogueLog;
  /** Time between two looks at the database; 2000 unless said. */
  readonly pollMs?: number;
}

/** LiteLLM's configuration, kept up to date until it is closed. */
export interface CatalogueWatch {
  /**
   * What holds now; the same object until something changes. Before the database was read, the file alone
   * with a setting in it that keeps every call from the hot path.
   */
  current(): LitellmConfig;
  /**
   * The same, as it was `maxAgeMs` ago at the most: for a process that stands still between its requests. While the
   * database cannot be read, what was read last.
   */
  notOlderThan(maxAgeMs: number): Promise<LitellmConfig>;
  /** Settles once the database was read; rejects only when the watch was closed before. */
  readonly loaded: Promise<void>;
  close(): Promise<void>;
}

const POLL_MS = 2_000;
/** For one look, the wait for a connection included. */
const LOOK_TIMEOUT_MS = 5_000;

/**
 * Reads LiteLLM's `config.yaml` once and its database again and again. Rejects when the file cannot be used, as
 * `loadConfigFile` does; after that nothing throws: through an outage what was read last holds.
 */
export async function watchCatalogue(options: CatalogueWatchOptions): Promise<CatalogueWatch> {
  const { configFile } = options;
  if (configFile === undefined) return new Watch(options, 'config.yaml', {});
  const source = typeof configFile === 'string' ? configFiles(configFile) : configFile;
  return new Watch(options, source.shown(source.root), await loadConfig(source));
}

class Watch implements CatalogueWatch {
  readonly loaded: Promise<void>;
  readonly #options: CatalogueWatchOptions;
  readonly #file: string;
  readonly #document: ConfigDocument;
  readonly #key: Buffer | undefined;
  readonly #closed = new AbortController();
  #done: Promise<void> = Promise.resolve();
  #current: LitellmConfig;
  #told: ReadonlySet<string> = new Set();
  #print: string | undefined;
  #content: string | undefined;
  #out = false;
  /** When the last look that succeeded began. */
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;

  constructor(options: CatalogueWatchOptions, file: string, document: ConfigDocument) {
    this.#options = options;
    this.#file = file;
    this.#document = document;
    const ofFile = interpret(document, options.env, { ...options, file });
    const saltKey = options.env['LITELLM_SALT_KEY'] ?? ofFile.masterKey;
    this.#key = saltKey === undefined ? undefined : encryptionKey(saltKey);
    this.#current = notRead(ofFile);
    this.#tell(ofFile.warnings);
    const { signal } = this.#closed;
    this.loaded = new Promise((onLoaded, onClosed) => {
      signal.addEventListener('abort', () => onClosed(signal.reason), { once: true });
      this.#done = this.#run(onLoaded);
    });
    this.loaded.catch(() => {}); // nobody has to wait for it
  }

  current(): LitellmConfig {
    return this.#current;
  }

  async notOlderThan(maxAgeMs: number): Promise<LitellmConfig> {
    if (Date.now() - this.#lookedAtMs > maxAgeMs) {
      await this.#look(this.#closed.signal).catch((error: unknown) => this.#tellOutage(error));
    }
    return this.#current;
  }

  async close(): Promise<void> {
    this.#closed.abort(new Error('the watch was closed'));
    await this.#done;
  }

  async #run(onLoaded: () => void): Promise<void> {
    const { signal } = this.#closed;
    while (!signal.aborted) {
      try {
        await this.#look(signal);
        onLoaded();
      } catch (error) {
        if (!signal.aborted) this.#tellOutage(error);
      }
      await sleep(this.#options.pollMs ?? POLL_MS, undefined, { signal }).catch(() => {});
    }
  }

  /** One look at a time, which is everybody's. */
  #look(signal: AbortSignal): Promise<void> {
    this.#looking ??= this.#lookOnce(signal).finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #lookOnce(signal: AbortSignal): Promise<void> {
    const beganAtMs = Date.now();
    const query = { name: 'genai-gateway-stored', text: storedSql, values: [this.#print ?? null] };
    const [row] = await boundedQuery(
      this.#options.pool,
      query,
      AbortSignal.any([signal, AbortSignal.timeout(LOOK_TIMEOUT_MS)]),
    );
    const content = row?.['content'];
    if (typeof content === 'string' && content !== this.#content) this.#change(content);
    // Only now: what could not be understood is looked at again.
    if (typeof row?.['print'] === 'string') this.#print = row['print'];
    if (this.#out) this.#options.log.info(`${databaseName} can be read again.`);
    this.#out = false;
    this.#lookedAtMs = beganAtMs;
  }

  #change(content: string): void {
    const { env, log } = this.#options;
    const tables = parseStored(content);
    const { document, stored } = mergeStored(this.#document, tables, env, this.#key);
    const config = interpret(document, env, { ...this.#options, file: this.#file }, stored);
    this.#current = config;
    this.#content = content;
    const { aliases, settings } = config.catalogue;
    const ofDatabase = [...stored.paths].filter((path) => path.startsWith('model_list[')).length;
    log.info(
      `LiteLLM's configuration has changed: ${aliases.size} names of models, ${ofDatabase} models in the database, ${settings.length} settings for every call.`,
    );
    this.#tell(config.warnings);
  }

  /** Each warning once, and again when it comes back after it was mended. */
  #tell(warnings: readonly string[]): void {
    for (const warning of warnings) if (!this.#told.has(warning)) this.#options.log.warn(warning);
    this.#told = new Set(warnings);
  }

  /** Once per outage. */
  #tellOutage(error: unknown): void {
    if (this.#out) return;
    this.#out = true;
    const message = error instanceof Error ? error.message || error.name : String(error);
    this.#options.log.warn(`${databaseName} cannot be read (${message}). What was read before holds until then.`);
  }
}

/** The file's word alone is not enough to serve by: the database may say more. */
function notRead(config: LitellmConfig): LitellmConfig {
  const setting = { scope: 'proxy', kind: 'unknown-option', name: `${databaseName}, not read yet` } as const;
  return { ...config, catalogue: { ...config.catalogue, settings: [...config.catalogue.settings, setting] } };
}
