import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { turnBlobsSuite } from '@genai-gateway/history/testing/turn-blobs-suite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { lacksMoto, type MotoServer, startMoto } from '../../../scripts/moto/moto-server.ts';
import { S3TurnBlobs } from './s3-turn-blobs.ts';
import { anyCredentials } from './test-support/local-dynamodb.ts';
import { bucket, findVersitygw, startVersitygw } from './test-support/local-s3.ts';
import { suiteName } from './test-support/tool-folder.ts';

const versitygw = await findVersitygw();
const suite = suiteName('S3TurnBlobs on versitygw', versitygw);
const at = (endpoint: string, name = bucket) =>
  new S3TurnBlobs({ credentials: anyCredentials, region: 'us-east-1', endpoint, bucket: name });
const signal = new AbortController().signal;

describe.skipIf(suite.isSkipped)(suite.name, () => {
  turnBlobsSuite('as every place for large turns', async () => {
    const server = await startVersitygw('folder' in versitygw ? versitygw.folder : '');
    const blobs = at(server.endpoint);
    return {
      blobs,
      async close() {
        blobs.close();
        await server.close();
      },
    };
  });
});

describe.skipIf(lacksMoto)('S3TurnBlobs on a bucket with versions (moto)', () => {
  let moto: MotoServer;
  let client: S3Client;
  beforeAll(async () => {
    moto = await startMoto('us-east-1');
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    client = new S3Client({ region: 'us-east-1', endpoint: moto.url, forcePathStyle: true, credentials });
    await client.send(new CreateBucketCommand({ Bucket: 'versioned' }));
    const VersioningConfiguration = { Status: 'Enabled' as const };
    await client.send(new PutBucketVersioningCommand({ Bucket: 'versioned', VersioningConfiguration }));
  }, 120_000);
  afterAll(async () => {
    client?.destroy();
    await moto?.stop();
  });

  it('deletes every version, and lists what has an earlier one left', async () => {
    const blobs = at(moto.url, 'versioned');
    for (const text of ['1', '2', '3']) await blobs.put('turns/a/1', Buffer.from(text), signal);
    await blobs.put('turns/a/12', Buffer.from('kept'), signal);
    await client.send(new DeleteObjectCommand({ Bucket: 'versioned', Key: 'turns/a/1.json' }));
    expect(await blobs.get('turns/a/1', signal)).toBeUndefined();
    const names = async () => (await blobs.list('turns/a', undefined, signal)).blobs.map(({ name }) => name);
    expect((await names()).toSorted()).toEqual(['turns/a/1', 'turns/a/12']);
    await blobs.delete(['turns/a/1', 'turns/a/none'], signal);
    expect(await names()).toEqual(['turns/a/12']);
    const left = await client.send(new ListObjectVersionsCommand({ Bucket: 'versioned' }));
    expect(left.Versions?.map(({ Key }) => Key)).toEqual(['turns/a/12.json']);
    expect(left.DeleteMarkers ?? []).toEqual([]);
    blobs.close();
  });
});

describe('S3TurnBlobs', () => {
  let close: (() => void) | undefined;
  afterEach(() => close?.());

  /** An S3 that answers each request in the same way. */
  async function s3That(answer: (socket: import('node:http').ServerResponse) => void): Promise<S3TurnBlobs> {
    const server = createServer((request, response) => request.resume().once('end', () => answer(response)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const blobs = at(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    close = () => {
      blobs.close();
      server.closeAllConnections();
      server.close();
    };
    return blobs;
  }

  const calls: readonly [string, (blobs: S3TurnBlobs, signal: AbortSignal) => Promise<unknown>][] = [
    ['put', (blobs, leaving) => blobs.put('a', Buffer.from('x'), leaving)],
    ['get', (blobs, leaving) => blobs.get('a', leaving)],
    ['delete', (blobs, leaving) => blobs.delete(['a'], leaving)],
    ['list', (blobs, leaving) => blobs.list('a', undefined, leaving)],
  ];

  describe.each(calls)('%s', (_name, call) => {
    it.each([
      ['refuses', 403, '<Error><Code>AccessDenied</Code><Message>no</Message></Error>'],
      ['throttles', 503, '<Error><Code>SlowDown</Code><Message>later</Message></Error>'],
      ['has no such bucket', 404, '<Error><Code>NoSuchBucket</Code><Message>none</Message></Error>'],
    ])('says that history is not there when S3 %s', async (_what, status, body) => {
      const blobs = await s3That((response) => response.writeHead(status, { 'content-type': 'text/xml' }).end(body));
      await expect(call(blobs, signal)).rejects.toMatchObject({ code: 'history-unavailable' });
    });

    it('gives up when S3 never answers', async () => {
      const blobs = await s3That(() => undefined);
      await expect(call(blobs, signal)).rejects.toMatchObject({ code: 'history-unavailable' });
    }, 20_000);

    it('ends for a caller who leaves while S3 does not answer', async () => {
      const gone = new Error('the client is gone');
      const leaving = new AbortController();
      const blobs = await s3That(() => leaving.abort(gone));
      await expect(call(blobs, leaving.signal)).rejects.toBe(gone);
    });
  });

  it('gives up when an object stops coming', async () => {
    const blobs = await s3That((response) => response.writeHead(200, { 'content-length': '10' }).write('x'));
    await expect(blobs.get('a', signal)).rejects.toMatchObject({ code: 'history-unavailable' });
  }, 20_000);

  it('says when S3 has kept one of the objects that were to be deleted', async () => {
    const body =
      '<DeleteResult><Error><Key>a.json</Key><Code>InternalError</Code><Message>kept</Message></Error></DeleteResult>';
    const blobs = await s3That((response) => response.writeHead(200, { 'content-type': 'text/xml' }).end(body));
    await expect(blobs.delete(['a'], signal)).rejects.toMatchObject({
      code: 'history-unavailable',
      cause: { message: expect.stringMatching(/InternalError/) },
    });
  });
});
