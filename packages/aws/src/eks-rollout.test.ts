import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Sha256 } from '@aws-crypto/sha256-js';
import { makeAuthority, makeServerCertificate } from '@genai-gateway/certificates';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { CredentialSource } from './credentials.ts';
import { EksRollout, startedForAnnotation } from './eks-rollout.ts';

const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret', sessionToken: 'session' };
const signal = AbortSignal.timeout(60_000);
const deploymentPath = '/apis/apps/v1/namespaces/genai/deployments/litellm';
const podsPath = '/api/v1/namespaces/genai/pods?labelSelector=app.kubernetes.io%2Fname%3Dlitellm';

/** What the cluster's API was asked, and what it answers by path. */
interface Asked {
  readonly method: string;
  readonly path: string;
  readonly type: string | undefined;
  readonly body: string;
  readonly token: string;
}
let asked: Asked[] = [];
let answers: Record<string, object> = {};
let status = 200;
let kubernetes: Server;
let eks: Server;
let authority = '';
let rollout: EksRollout;

beforeAll(async () => {
  const [start, end] = [new Date(Date.now() - 86_400_000), new Date(Date.now() + 86_400_000)];
  const made = makeAuthority('Test authority of a cluster', start, end);
  authority = made.certificate;
  const issuer = { commonName: 'Test authority of a cluster', key: createPrivateKey(made.key) };
  const { key, certificate } = makeServerCertificate(['localhost'], issuer, start, end);
  kubernetes = createTlsServer({ key, cert: certificate }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const token = (request.headers.authorization ?? '').replace('Bearer ', '');
      const { method = '', url: path = '' } = request;
      const body = Buffer.concat(chunks).toString();
      asked.push({ method, path, type: request.headers['content-type'], body, token });
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answers[path] ?? {}));
    });
  });
  eks = createServer((request, response) => {
    request.resume();
    const endpoint = `https://localhost:${portOf(kubernetes)}`;
    const certificateAuthority = { data: Buffer.from(authority).toString('base64') };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ cluster: { endpoint, certificateAuthority } }));
  });
  for (const server of [kubernetes, eks]) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  rollout = new EksRollout({
    credentials: new CredentialSource(async () => keys, Date.now),
    region: 'eu-west-1',
    endpoint: `http://127.0.0.1:${portOf(eks)}`,
    cluster: 'the-cluster',
    namespace: 'genai',
    deployment: 'litellm',
  });
});
afterAll(() => {
  rollout.close();
  for (const server of [kubernetes, eks]) {
    server.closeAllConnections();
    server.close();
  }
});
beforeEach(() => {
  asked = [];
  status = 200;
  answers = {};
});

const portOf = (server: Server) => (server.address() as AddressInfo).port;

it('changes an annotation of the pods, over TLS by the cluster’s own authority', async () => {
  await rollout.start('the-version', signal);
  expect(asked).toEqual([
    {
      method: 'PATCH',
      path: deploymentPath,
      type: 'application/strategic-merge-patch+json',
      body: JSON.stringify({
        spec: { template: { metadata: { annotations: { [startedForAnnotation]: 'the-version' } } } },
      }),
      token: expect.stringMatching(/^k8s-aws-v1\.[A-Za-z0-9_-]+$/),
    },
  ]);
});

it('is known by a request to STS that is signed for this cluster', async () => {
  await rollout.start('the-version', signal);
  const token = asked[0]?.token ?? '';
  const url = new URL(Buffer.from(token.replace('k8s-aws-v1.', ''), 'base64url').toString());
  expect(url.origin).toBe('https://sts.eu-west-1.amazonaws.com');
  const query = Object.fromEntries(url.searchParams);
  expect(query).toMatchObject({
    Action: 'GetCallerIdentity',
    Version: '2011-06-15',
    'X-Amz-Expires': '60',
    'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
    'X-Amz-Security-Token': 'session',
  });
  // The same request signed anew, as STS does; for another cluster the signature is another one.
  const { 'X-Amz-Date': date = '', 'X-Amz-Signature': signature } = query;
  const signingDate = new Date(date.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, '$1-$2-$3T$4:$5:$6Z'));
  for (const [cluster, isSame] of [
    ['the-cluster', true],
    ['another', false],
  ] as const) {
    const signer = new SignatureV4({ service: 'sts', region: 'eu-west-1', credentials: keys, sha256: Sha256 });
    const again = await signer.presign(
      new HttpRequest({
        hostname: url.hostname,
        path: '/',
        query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
        headers: { host: url.hostname, 'x-k8s-aws-id': cluster },
      }),
      { expiresIn: 60, signingDate },
    );
    expect(again.query?.['X-Amz-Signature'] === signature).toBe(isSame);
  }
});

const settled = {
  metadata: { generation: 3 },
  spec: { replicas: 2, selector: { matchLabels: { 'app.kubernetes.io/name': 'litellm' } } },
  status: { observedGeneration: 3, replicas: 2, updatedReplicas: 2, availableReplicas: 2 },
};
const pods = {
  items: [
    { metadata: { creationTimestamp: '2026-11-23T12:00:10Z' }, status: { phase: 'Running' } },
    { metadata: { creationTimestamp: '2026-11-23T12:00:05Z' }, status: { phase: 'Running' } },
    { metadata: { creationTimestamp: '2026-11-23T11:00:00Z', deletionTimestamp: '2026-11-23T12:01:00Z' } },
    { metadata: { creationTimestamp: '2026-11-23T10:00:00Z' }, status: { phase: 'Failed' } },
  ],
};

it.each([
  ['all as wanted', {}, true],
  ['a change that was not seen yet', { observedGeneration: 2 }, false],
  ['old pods beside the new', { replicas: 3 }, false],
  ['pods that are old', { updatedReplicas: 1 }, false],
  ['pods that are not ready', { availableReplicas: 1 }, false],
])('with %s', async (_name, more, isSettled) => {
  answers = { [deploymentPath]: { ...settled, status: { ...settled.status, ...more } }, [podsPath]: pods };
  const startedAfterMs = Date.parse('2026-11-23T12:00:05.999Z');
  expect(await rollout.state(signal)).toEqual({ isSettled, startedAfterMs });
});

it('says what a role lacks that may not', async () => {
  status = 403;
  await expect(rollout.start('the-version', signal)).rejects.toThrow(/answered 403.*access entry/);
  status = 500;
  await expect(rollout.state(signal)).rejects.toThrow(/answered 500/);
});

it('sends nothing to a server that is not the cluster’s', async () => {
  const right = authority;
  const [start, end] = [new Date(Date.now() - 86_400_000), new Date(Date.now() + 86_400_000)];
  authority = makeAuthority('Another', start, end).certificate;
  await expect(rollout.start('the-version', signal)).rejects.toThrow();
  authority = right;
  expect(asked).toEqual([]);
});
