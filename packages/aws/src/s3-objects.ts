import { addAbortSignal, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  DeleteObjectsCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ObjectIdentifier,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { ObjectPage, ObjectStore, PutOptions } from '@genai-gateway/core';
import { isNamed } from './history-failure.ts';
import { type Patience, type ServiceOptions, s3ClientConfig } from './sdk-client.ts';

export interface S3ObjectsOptions extends ServiceOptions {
  readonly bucket: string;
}

const PATIENCE: Patience = {
  connectTimeoutMs: 2_000,
  attemptTimeoutMs: 10_000,
  maxAttempts: 3,
  maxConnections: 64,
};
/** The longest wait for one call, its attempts and an object's bytes included. */
const TIMEOUT_MS = 30_000;
/** The most that one DeleteObjects takes. Source: @aws-sdk/client-s3 3.1164.0, DeleteObjectsCommand (read 2026-11-23). */
const MAX_DELETED = 1_000;
/** How often a conditional write is repeated that S3 could not decide because of another one (409). */
const MAX_CONFLICTS = 5;
/** How many keys' versions are asked for at the same time. */
const VERSION_CALLS = 16;

/**
 * Objects of an S3 bucket, encrypted as the bucket says. Takes any key that S3 takes: other programs write into our buckets
 * too. The role needs `s3:GetObject`, `s3:PutObject` and `s3:DeleteObject` on the objects it uses, `s3:ListBucket` on the
 * bucket (without it S3 answers 403 for an object that is not there); who deletes needs `s3:GetBucketVersioning` too and,
 * where the bucket has versions, `s3:ListBucketVersions` and `s3:DeleteObjectVersion`.
 */
export class S3Objects implements ObjectStore {
  readonly #client: S3Client;
  readonly #bucket: string;
  #hasVersions: Promise<boolean> | undefined;

  constructor(options: S3ObjectsOptions) {
    this.#bucket = options.bucket;
    this.#client = new S3Client(s3ClientConfig(options, PATIENCE));
  }

  /** A conditional write that was repeated after a lost answer finds itself there and gives undefined. */
  async put(key: string, bytes: Uint8Array, options: PutOptions, signal: AbortSignal): Promise<string | undefined> {
    const command = new PutObjectCommand({
      Bucket: this.#bucket,
      Key: key,
      Body: bytes,
      ...(options.contentType === undefined ? {} : { ContentType: options.contentType }),
      ...(options.ifAbsent === true ? { IfNoneMatch: '*' } : {}),
      ...(options.ifMatch === undefined ? {} : { IfMatch: options.ifMatch }),
    });
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { ETag } = await inTime(signal, (abortSignal) => this.#client.send(command, { abortSignal }));
        if (ETag === undefined) throw new Error(`S3 has given no etag for ${key}.`);
        return ETag;
      } catch (error) {
        if (isNamed(error, 'PreconditionFailed')) return undefined;
        if (options.ifMatch !== undefined && isNamed(error, 'NoSuchKey')) return undefined;
        if (!isNamed(error, 'ConditionalRequestConflict') || attempt === MAX_CONFLICTS) throw error;
      }
    }
  }

  get(key: string, signal: AbortSignal): Promise<{ bytes: Uint8Array; etag: string } | undefined> {
    const command = new GetObjectCommand({ Bucket: this.#bucket, Key: key });
    return inTime(signal, async (abortSignal) => {
      try {
        const { Body, ETag } = await this.#client.send(command, { abortSignal });
        // In Node.js the SDK gives a Readable, which goes on after `send` is done.
        if (!(Body instanceof Readable) || ETag === undefined) throw new Error(`S3 has sent nothing of ${key}.`);
        return { bytes: await buffer(addAbortSignal(abortSignal, Body)), etag: ETag };
      } catch (error) {
        if (isNamed(error, 'NoSuchKey')) return undefined;
        throw error;
      }
    });
  }

  async list(prefix: string, after: string | undefined, limit: number, signal: AbortSignal): Promise<ObjectPage> {
    const command = new ListObjectsV2Command({
      Bucket: this.#bucket,
      Prefix: prefix,
      MaxKeys: limit,
      ...(after === undefined ? {} : { StartAfter: after }),
    });
    const page = await inTime(signal, (abortSignal) => this.#client.send(command, { abortSignal }));
    const objects = (page.Contents ?? []).map(({ Key = '', Size = 0, ETag = '', LastModified }) => ({
      key: Key,
      bytes: Size,
      etag: ETag,
      lastModifiedMs: LastModified?.getTime() ?? 0,
    }));
    return { objects, next: page.IsTruncated === true ? objects.at(-1)?.key : undefined };
  }

  async delete(keys: readonly string[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const objects = (await this.#isVersioned(signal))
      ? await this.#versions(keys, signal)
      : keys.map((Key) => ({ Key }));
    for (let at = 0; at < objects.length; at += MAX_DELETED) {
      const Objects = objects.slice(at, at + MAX_DELETED);
      const command = new DeleteObjectsCommand({ Bucket: this.#bucket, Delete: { Objects, Quiet: true } });
      const { Errors = [] } = await inTime(signal, (abortSignal) => this.#client.send(command, { abortSignal }));
      const [first] = Errors.filter(({ Code }) => Code !== 'NoSuchKey' && Code !== 'NoSuchVersion');
      if (first !== undefined) {
        throw new Error(
          `S3 has not deleted ${first.Key} and ${Errors.length - 1} others: ${first.Code} ${first.Message}`,
        );
      }
    }
  }

  /** Ends with the credentials that signed it, where those end earlier. */
  link(key: string, seconds: number, fileName: string): Promise<string> {
    const command = new GetObjectCommand({
      Bucket: this.#bucket,
      Key: key,
      ResponseContentDisposition: `attachment; filename="${fileName.replaceAll(/[^A-Za-z0-9_.-]/g, '_')}"`,
    });
    return getSignedUrl(this.#client, command, { expiresIn: seconds });
  }

  /** Closes every connection. */
  close(): void {
    this.#client.destroy();
  }

  /** Whether the bucket has or had versions; asked for once, again after a failure. */
  #isVersioned(signal: AbortSignal): Promise<boolean> {
    const command = new GetBucketVersioningCommand({ Bucket: this.#bucket });
    this.#hasVersions ??= inTime(signal, async (abortSignal) => {
      const { Status } = await this.#client.send(command, { abortSignal });
      return Status !== undefined;
    });
    const asked = this.#hasVersions;
    asked.catch(() => {
      if (this.#hasVersions === asked) this.#hasVersions = undefined;
    });
    return asked;
  }

  async #versions(keys: readonly string[], signal: AbortSignal): Promise<ObjectIdentifier[]> {
    const found: ObjectIdentifier[] = [];
    for (let at = 0; at < keys.length; at += VERSION_CALLS) {
      const some = keys.slice(at, at + VERSION_CALLS).map((key) => this.#versionsOf(key, signal));
      found.push(...(await Promise.all(some)).flat());
    }
    return found;
  }

  async #versionsOf(key: string, signal: AbortSignal): Promise<ObjectIdentifier[]> {
    const found: ObjectIdentifier[] = [];
    let from: { KeyMarker?: string; VersionIdMarker?: string } = {};
    for (;;) {
      const command = new ListObjectVersionsCommand({ Bucket: this.#bucket, Prefix: key, ...from });
      const page = await inTime(signal, (abortSignal) => this.#client.send(command, { abortSignal }));
      const all = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
      for (const { Key, VersionId } of all) {
        if (Key === key) found.push({ Key, ...(VersionId === undefined ? {} : { VersionId }) });
      }
      // Keys come in order: behind the first other one there is no more of ours.
      if (page.IsTruncated !== true || page.NextKeyMarker !== key) return found;
      from = {
        KeyMarker: key,
        ...(page.NextVersionIdMarker === undefined ? {} : { VersionIdMarker: page.NextVersionIdMarker }),
      };
    }
  }
}

/** A call with an end; a caller who leaves gets the reason of the signal. */
async function inTime<Value>(signal: AbortSignal, send: (abortSignal: AbortSignal) => Promise<Value>): Promise<Value> {
  signal.throwIfAborted();
  try {
    return await send(AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]));
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
