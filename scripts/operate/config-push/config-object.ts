import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { awsFailure, clientOptions, nameOf } from '../shared/aws.ts';
import { OperatorFailure } from '../shared/command.ts';

export interface StoredConfig {
  readonly text: string;
  readonly etag: string;
}

/** config.yaml in its bucket. Two who write at once do not overwrite each other: the second one is refused. */
export class ConfigObject {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #key: string;

  constructor(region: string, bucket: string, key: string) {
    this.#client = new S3Client(clientOptions(region));
    this.#bucket = bucket;
    this.#key = key;
  }

  get name(): string {
    return `s3://${this.#bucket}/${this.#key}`;
  }

  /** Undefined: there is none yet. Rejects with OperatorFailure. */
  async read(): Promise<StoredConfig | undefined> {
    try {
      const answer = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: this.#key }));
      return { text: (await answer.Body?.transformToString()) ?? '', etag: answer.ETag ?? '' };
    } catch (error) {
      if (nameOf(error) === 'NoSuchKey') return undefined;
      throw awsFailure(error, `${this.name} cannot be read`);
    }
  }

  /**
   * Writes over what was read; `before` undefined: over nothing. Gives the new ETag. Rejects with OperatorFailure.
   * S3 has taken If-Match on PutObject since November 2024
   * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html, as of 2026-11-23).
   */
  async write(text: string, before: StoredConfig | undefined): Promise<StoredConfig> {
    const condition = before === undefined ? { IfNoneMatch: '*' } : { IfMatch: before.etag };
    const put = { Bucket: this.#bucket, Key: this.#key, Body: text, ContentType: 'application/yaml', ...condition };
    try {
      const { ETag } = await this.#client.send(new PutObjectCommand(put));
      return { text, etag: ETag ?? '' };
    } catch (error) {
      if (/^(PreconditionFailed|ConditionalRequestConflict)$/.test(nameOf(error))) {
        throw new OperatorFailure(
          `${this.name} was changed by somebody else in the meantime; nothing was uploaded.`,
          'take over what they changed (npm run config:push -- --show prints what is stored), then push again',
        );
      }
      throw awsFailure(error, `${this.name} cannot be written`);
    }
  }
}
