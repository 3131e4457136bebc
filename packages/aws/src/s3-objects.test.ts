import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CreateBucketCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { objectStoreSuite } from '@genai-gateway/core/testing/object-store-suite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { lacksMoto, type MotoServer, startMoto } from '../../../scripts/moto/moto-server.ts';
import { S3Objects } from './s3-objects.ts';
import { anyCredentials } from './test-support/local-dynamodb.ts';
import { bucket, findVersitygw, startVersitygw } from './test-support/local-s3.ts';
import { suiteName } from './test-support/tool-folder.ts';

const versitygw = await findVersitygw();
const suite = suiteName('S3Objects on versitygw', versitygw);
const at = (endpoint: string, name = bucket) =>
  new S3Objects({ credentials: anyCredentials, region: 'us-east-1', endpoint, bucket: name });
const signal = new AbortController().signal;
const follow = async (url: string) => new Uint8Array(await (await fetch(url)).arrayBuffer());

describe.skipIf(suite.isSkipped)(suite.name, () => {
  objectStoreSuite('as every store of objects', async () => {
    const server = await startVersitygw('folder' in versitygw ? versitygw.folder : '');
    const objects = at(server.endpoint);
    return {
      objects,
      follow,
      async close() {
        objects.close();
        await server.close();
      },
    };
  });
});

describe.skipIf(lacksMoto)('S3Objects on a bucket with versions (moto)', () => {
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

  it('deletes every version of an object, and of no other one', async () => {
    const objects = at(moto.url, 'versioned');
    for (const text of ['1', '2', '3']) await objects.put('a.json', Buffer.from(text), {}, signal);
    await objects.put('a.json.b', Buffer.from('kept'), {}, signal);
    await objects.delete(['a.json', 'none.json'], signal);
    const left = await client.send(new ListObjectVersionsCommand({ Bucket: 'versioned' }));
    expect(left.Versions?.map(({ Key }) => Key)).toEqual(['a.json.b']);
    expect(left.DeleteMarkers ?? []).toEqual([]);
    objects.close();
  });
});

describe('S3Objects', () => {
  let close: (() => void) | undefined;
  afterEach(() => close?.());

  type Answer = (response: ServerResponse, request: IncomingMessage) => void;

  /** An S3 that gives these answers, one after the other, and the last one again and again. */
  async function s3That(...answers: Answer[]) {
    let count = 0;
    const server = createServer((request, response) => {
      request.resume().once('end', () => {
        answers[Math.min(count, answers.length - 1)]?.(response, request);
        count += 1;
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const objects = at(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    close = () => {
      objects.close();
      server.closeAllConnections();
      server.close();
    };
    return { objects, count: () => count };
  }

  const xml =
    (status: number, body: string): Answer =>
    (response) =>
      void response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
  const fails = (status: number, code: string) =>
    xml(status, `<Error><Code>${code}</Code><Message>because</Message></Error>`);
  const written: Answer = (response) => void response.writeHead(200, { etag: '"e"' }).end();
  const unversioned = xml(200, '<VersioningConfiguration/>');

  const calls: readonly [string, (objects: S3Objects, leaving: AbortSignal) => Promise<unknown>][] = [
    ['put', (objects, leaving) => objects.put('a', Buffer.from('x'), {}, leaving)],
    ['get', (objects, leaving) => objects.get('a', leaving)],
    ['list', (objects, leaving) => objects.list('a', undefined, 10, leaving)],
    ['delete', (objects, leaving) => objects.delete(['a'], leaving)],
  ];

  describe.each(calls)('%s', (_name, call) => {
    it.each([
      ['refuses', 403, 'AccessDenied'],
      ['is out of order', 503, 'SlowDown'],
      ['has no such bucket', 404, 'NoSuchBucket'],
    ])('rejects with what S3 says when it %s', async (_what, status, code) => {
      const { objects } = await s3That(fails(status, code));
      await expect(call(objects, signal)).rejects.toMatchObject({ name: code });
    });

    it('ends for a caller who leaves while S3 does not answer', async () => {
      const gone = new Error('gone');
      const leaving = new AbortController();
      const { objects } = await s3That(() => leaving.abort(gone));
      await expect(call(objects, leaving.signal)).rejects.toBe(gone);
    });
  });

  it('tries again what failed for a moment', async () => {
    const { objects, count } = await s3That(fails(503, 'SlowDown'), written);
    expect(await objects.put('a', Buffer.from('x'), {}, signal)).toBe('"e"');
    expect(count()).toBe(2);
  });

  it('tries a conditional write again that met another one', async () => {
    const { objects, count } = await s3That(fails(409, 'ConditionalRequestConflict'), written);
    expect(await objects.put('a', Buffer.from('x'), { ifAbsent: true }, signal)).toBe('"e"');
    expect(count()).toBe(2);
  });

  it('says when S3 has kept one of the objects that were to be deleted', async () => {
    const kept = '<Error><Key>a</Key><Code>InternalError</Code><Message>kept</Message></Error>';
    const { objects } = await s3That(unversioned, xml(200, `<DeleteResult>${kept}</DeleteResult>`));
    await expect(objects.delete(['a'], signal)).rejects.toThrow(/not deleted a .*InternalError/);
  });

  it('asks once whether the bucket has versions, and again when the answer failed', async () => {
    const { objects, count } = await s3That(
      fails(403, 'AccessDenied'),
      unversioned,
      xml(200, '<DeleteResult></DeleteResult>'),
    );
    await expect(objects.delete(['a'], signal)).rejects.toMatchObject({ name: 'AccessDenied' });
    await objects.delete(['a'], signal);
    await objects.delete(['a'], signal);
    expect(count()).toBe(4);
  });

  it('signs a link with an end and a file name that no header can be made of', async () => {
    const objects = at('http://127.0.0.1:9');
    const url = new URL(await objects.link('exports/a.json', 600, 'a"\r\nb.json'));
    expect(url.pathname).toBe('/turns/exports/a.json');
    expect(url.searchParams.get('X-Amz-Expires')).toBe('600');
    expect(url.searchParams.get('response-content-disposition')).toBe('attachment; filename="a___b.json"');
  });
});
