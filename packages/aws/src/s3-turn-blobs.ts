import { addAbortSignal, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type ObjectIdentifier,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { BlobPage, ListedBlob, TurnBlobs } from '@genai-gateway/history';
import { historyCall, historyPatience } from './history-calls.ts';
import { isNamed } from './history-failure.ts';
import { type ServiceOptions, s3ClientConfig } from './sdk-client.ts';

export interface S3TurnBlobsOptions extends ServiceOptions {
  readonly bucket: string;
}

const ATTEMPT_TIMEOUT_MS = 3_000;
/** The longest wait for one call, its second attempt included: 32 MiB at most, in the same region. */
const TIMEOUT_MS = 5_000;
/** The most that one DeleteObjects takes. Source: @aws-sdk/client-s3 3.1164.0, DeleteObjectsCommand (read 2026-11-23). */
const MAX_DELETED = 1_000;
const END = '.json';

interface VersionMarkers {
  readonly KeyMarker?: string;
  readonly VersionIdMarker?: string;
}

/**
 * Large turns as objects of a bucket, encrypted as the bucket says. A rule of the bucket has to delete them some days
 * after the turns' retention: what expires in DynamoDB expires without us. The role needs `s3:GetObject` and `s3:PutObject`
 * on the objects, and `s3:ListBucket` on the bucket, without which S3 answers 403 for an object that is not there; who
 * deletes and sweeps `s3:DeleteObject` and `s3:ListBucketVersions` too, and `s3:DeleteObjectVersion` where the bucket
 * keeps versions.
 */
export class S3TurnBlobs implements TurnBlobs {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(options: S3TurnBlobsOptions) {
    this.#bucket = options.bucket;
    this.#client = new S3Client(s3ClientConfig(options, historyPatience(ATTEMPT_TIMEOUT_MS)));
  }

  async put(name: string, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    const command = new PutObjectCommand({
      Bucket: this.#bucket,
      Key: keyOf(name),
      Body: bytes,
      ContentType: 'application/json',
    });
    await historyCall(signal, TIMEOUT_MS, (abortSignal) => this.#client.send(command, { abortSignal }));
  }

  async get(name: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const command = new GetObjectCommand({ Bucket: this.#bucket, Key: keyOf(name) });
    return historyCall(signal, TIMEOUT_MS, async (abortSignal) => {
      try {
        const { Body } = await this.#client.send(command, { abortSignal });
        // In Node.js the SDK gives a Readable, which goes on after `send` is done.
        return Body instanceof Readable ? await buffer(addAbortSignal(abortSignal, Body)) : undefined;
      } catch (error) {
        if (isNamed(error, 'NoSuchKey')) return undefined;
        throw error;
      }
    });
  }

  async delete(names: readonly string[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    for (let at = 0; at < names.length; at += MAX_DELETED) {
      const some = names.slice(at, at + MAX_DELETED).map(keyOf);
      const hasVersions = await this.#deleteObjects(
        some.map((Key) => ({ Key })),
        signal,
      );
      if (!hasVersions) continue;
      for (const key of some) await this.#deleteVersions(key, signal);
    }
  }

  async list(folder: string, after: string | undefined, signal: AbortSignal): Promise<BlobPage> {
    const page = await this.#versions(`${folder}/`, after === undefined ? {} : { KeyMarker: keyOf(after) }, signal);
    const blobs = new Map<string, ListedBlob>();
    for (const { Key = '', LastModified } of page.Versions ?? []) {
      // Some stores begin with the marker itself.
      if (after !== undefined && Key <= keyOf(after)) continue;
      const name = Key.slice(0, -END.length);
      const savedAtMs = Math.max(LastModified?.getTime() ?? 0, blobs.get(name)?.savedAtMs ?? 0);
      if (Key.endsWith(END)) blobs.set(name, { name, savedAtMs });
    }
    const isMore = page.IsTruncated === true && page.NextKeyMarker !== undefined;
    return { blobs: [...blobs.values()], next: isMore ? page.NextKeyMarker?.replace(/\.json$/, '') : undefined };
  }

  /** Every version of one key, and the marks that deletions have left. */
  async #deleteVersions(key: string, signal: AbortSignal): Promise<void> {
    let from: VersionMarkers | undefined = {};
    while (from !== undefined) {
      const page: ListObjectVersionsCommandOutput = await this.#versions(key, from, signal);
      const all = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].filter(({ Key }) => Key === key);
      await this.#deleteObjects(
        all.map(({ VersionId }) => ({ Key: key, ...(VersionId === undefined ? {} : { VersionId }) })),
        signal,
      );
      const isMore = page.IsTruncated === true && page.NextKeyMarker === key;
      from = isMore ? markersOf(page) : undefined;
    }
  }

  #versions(prefix: string, from: VersionMarkers, signal: AbortSignal): Promise<ListObjectVersionsCommandOutput> {
    const command = new ListObjectVersionsCommand({ Bucket: this.#bucket, Prefix: prefix, ...from });
    return historyCall(signal, TIMEOUT_MS, (abortSignal) => this.#client.send(command, { abortSignal }));
  }

  /** True: the bucket keeps versions, and has only marked these as deleted. */
  async #deleteObjects(Objects: ObjectIdentifier[], signal: AbortSignal): Promise<boolean> {
    if (Objects.length === 0) return false;
    const command = new DeleteObjectsCommand({ Bucket: this.#bucket, Delete: { Objects } });
    return historyCall(signal, TIMEOUT_MS, async (abortSignal) => {
      const { Errors = [], Deleted = [] } = await this.#client.send(command, { abortSignal });
      const [first] = Errors.filter(({ Code }) => Code !== 'NoSuchKey' && Code !== 'NoSuchVersion');
      if (first !== undefined) throw new Error(`S3 has not deleted an object: ${first.Code} ${first.Message}`);
      return Deleted.some(({ DeleteMarkerVersionId }) => DeleteMarkerVersionId !== undefined);
    });
  }

  /** Closes every connection. */
  close(): void {
    this.#client.destroy();
  }
}

/** With an end of its own, so that no key is the folder of another one: stores on a file system cannot have both. */
function keyOf(name: string): string {
  return `${name}${END}`;
}

function markersOf({ NextKeyMarker, NextVersionIdMarker }: ListObjectVersionsCommandOutput): VersionMarkers {
  return {
    ...(NextKeyMarker === undefined ? {} : { KeyMarker: NextKeyMarker }),
    ...(NextVersionIdMarker === undefined ? {} : { VersionIdMarker: NextVersionIdMarker }),
  };
}
