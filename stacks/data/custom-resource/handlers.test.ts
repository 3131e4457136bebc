import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { lacksMoto, type MotoServer, startMoto } from '../../../scripts/moto/moto-server.ts';
import type { CustomResourceEvent } from './answer.ts';

/*
 * The functions against moto, and CloudFormation as a server that takes their answers.
 */
interface Answer {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly Reason?: string;
  readonly PhysicalResourceId: string;
  readonly RequestId: string;
}

type Handler = (event: CustomResourceEvent) => Promise<void>;

describe.skipIf(lacksMoto)('the functions that CloudFormation calls', () => {
  let moto: MotoServer;
  let cloudFormation: Server;
  let answers: { readonly contentType: string | undefined; readonly body: Answer }[] = [];
  let fillSecret: Handler;
  let putModelConfig: Handler;
  let secrets: SecretsManagerClient;
  let s3: S3Client;

  beforeAll(async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    moto = await startMoto('eu-west-1');
    Object.assign(process.env, moto.environment);
    ({ handler: fillSecret } = await import('../fill-secret/handler.ts'));
    ({ handler: putModelConfig } = await import('../put-model-config/handler.ts'));
    secrets = new SecretsManagerClient({});
    s3 = new S3Client({ forcePathStyle: true });
    cloudFormation = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        answers.push({ contentType: request.headers['content-type'], body: JSON.parse(body) });
        response.end();
      });
    });
    await new Promise<void>((resolve) => cloudFormation.listen(0, '127.0.0.1', resolve));
  }, 120_000);

  afterAll(async () => {
    cloudFormation?.close();
    await moto?.stop();
  });

  beforeEach(() => {
    answers = [];
  });

  afterEach(() => {
    expect(answers.length).toBe(1);
    expect(answers[0]?.contentType ?? '').toBe('');
  });

  function eventOf(
    ResourceProperties: Record<string, unknown>,
    RequestType: CustomResourceEvent['RequestType'] = 'Create',
  ): CustomResourceEvent {
    return {
      RequestType,
      ResponseURL: `http://127.0.0.1:${(cloudFormation.address() as AddressInfo).port}/answer?signed`,
      StackId: 'stack',
      RequestId: randomUUID(),
      LogicalResourceId: 'Resource',
      ...(RequestType === 'Create' ? {} : { PhysicalResourceId: 'made-before' }),
      ResourceProperties,
    };
  }

  async function newSecret(): Promise<string> {
    const { ARN } = await secrets.send(new CreateSecretCommand({ Name: randomUUID() }));
    return ARN ?? '';
  }

  async function textIn(SecretId: string): Promise<string | undefined> {
    return (await secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString;
  }

  test('an empty secret becomes a master key', async () => {
    const SecretId = await newSecret();
    await fillSecret(eventOf({ SecretId, Form: 'master-key' }));
    expect(await textIn(SecretId)).toMatch(/^sk-[\w-]{43}$/);
    expect(answers[0]?.body).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: SecretId });
    expect(JSON.stringify(answers)).not.toContain('sk-');
  });

  test('an empty secret becomes an empty object', async () => {
    const SecretId = await newSecret();
    await fillSecret(eventOf({ SecretId, Form: 'empty-object' }));
    expect(await textIn(SecretId)).toBe('{}');
  });

  test.each(['Create', 'Update', 'Delete'] as const)('a secret with a value keeps it (%s)', async (type) => {
    const SecretId = await newSecret();
    await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: 'kept' }));
    await fillSecret(eventOf({ SecretId, Form: 'master-key' }, type));
    expect(await textIn(SecretId)).toBe('kept');
    expect(answers[0]?.body.Status).toBe('SUCCESS');
  });

  test('a secret that is not there fails the deployment, with the reason', async () => {
    await fillSecret(eventOf({ SecretId: 'nowhere', Form: 'master-key' }));
    expect(answers[0]?.body).toMatchObject({ Status: 'FAILED' });
    expect(answers[0]?.body.Reason).toMatch(/ResourceNotFoundException/);
  });

  test('what cannot be understood fails, and can be deleted all the same', async () => {
    await fillSecret(eventOf({ SecretId: await newSecret(), Form: 'else' }));
    expect(answers[0]?.body.Status).toBe('FAILED');
    answers = [];
    await fillSecret(eventOf({}, 'Delete'));
    expect(answers[0]?.body).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'made-before' });
  });

  test('the model list is copied as it is', async () => {
    const text = 'model_list: []\n# ümläut\n';
    for (const Bucket of ['assets', 'config']) await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutObjectCommand({ Bucket: 'assets', Key: 'a b+c.yaml', Body: text }));
    await putModelConfig(
      eventOf({ SourceBucket: 'assets', SourceKey: 'a b+c.yaml', Bucket: 'config', Key: 'config.yaml' }),
    );
    expect(answers[0]?.body).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'config/config.yaml' });
    const { Body, ContentType } = await s3.send(new GetObjectCommand({ Bucket: 'config', Key: 'config.yaml' }));
    expect(await Body?.transformToString()).toBe(text);
    expect(ContentType).toBe('application/yaml');
  });
});
