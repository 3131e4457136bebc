/** An object as a list shows it. */
export interface ListedObject {
  readonly key: string;
  readonly bytes: number;
  /** Opaque; another one for other content. */
  readonly etag: string;
  readonly lastModifiedMs: number;
}

export interface ObjectPage {
  readonly objects: readonly ListedObject[];
  /** The `after` of the next page; undefined: there are no more. */
  readonly next: string | undefined;
}

export interface PutOptions {
  readonly contentType?: string;
  /** Only where there is none of this key. */
  readonly ifAbsent?: boolean;
  /** Only in place of the object with this etag. */
  readonly ifMatch?: string;
}

/**
 * Port: a bucket. Keys are parts of `[A-Za-z0-9_.=-]{1,200}` with `/` between them, never `.` or `..`. Every method rejects with
 * what the store or the way to it says, and with the signal's reason.
 */
export interface ObjectStore {
  /** In place of what was there. Its etag; undefined: a condition of `options` did not hold, and nothing was written. */
  put(key: string, bytes: Uint8Array, options: PutOptions, signal: AbortSignal): Promise<string | undefined>;
  /** Undefined: there is none. */
  get(key: string, signal: AbortSignal): Promise<{ readonly bytes: Uint8Array; readonly etag: string } | undefined>;
  /** At most `limit` (1 to 1000) of the keys that begin with `prefix` and come behind `after`, in the order of their bytes. */
  list(prefix: string, after: string | undefined, limit: number, signal: AbortSignal): Promise<ObjectPage>;
  /** Any number of them, every version of each. Keys that are not there count as deleted. */
  delete(keys: readonly string[], signal: AbortSignal): Promise<void>;
  /** A URL by which whoever has it may read the object until it ends, as a file of this name. */
  link(key: string, seconds: number, fileName: string): Promise<string>;
}
