import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import {
  type LabelMove,
  pendingLabel,
  type SecretText,
  type SecretVersion,
  type SecretVersions,
  type VersionAt,
} from '@genai-gateway/rotation';
import { PATIENT, type ServiceOptions, sdkClientConfig } from './sdk-client.ts';

/** The port `SecretVersions` over Secrets Manager. No value is in what it rejects with. */
export class SecretsManagerVersions implements SecretVersions {
  readonly #client: SecretsManagerClient;

  constructor(options: ServiceOptions) {
    this.#client = new SecretsManagerClient(sdkClientConfig(options, PATIENT));
  }

  async list(secretId: string, abortSignal: AbortSignal): Promise<readonly SecretVersion[]> {
    const { VersionIdsToStages = {} } = await this.#client.send(new DescribeSecretCommand({ SecretId: secretId }), {
      abortSignal,
    });
    return Object.entries(VersionIdsToStages)
      .map(([id, labels]) => ({ id, labels }))
      .filter(({ labels }) => labels.length > 0);
  }

  async read(secretId: string, at: VersionAt, abortSignal: AbortSignal): Promise<SecretText | undefined> {
    const which = 'label' in at ? { VersionStage: at.label } : { VersionId: at.versionId };
    try {
      const { VersionId, SecretString, CreatedDate } = await this.#client.send(
        new GetSecretValueCommand({ SecretId: secretId, ...which }),
        { abortSignal },
      );
      if (VersionId === undefined || SecretString === undefined) return undefined;
      return { versionId: VersionId, text: SecretString, createdAtMs: CreatedDate?.getTime() ?? 0 };
    } catch (error) {
      // The same for a version that Secrets Manager has made for a rotation, and that has no value yet.
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  async putPending(secretId: string, versionId: string, text: string, abortSignal: AbortSignal): Promise<void> {
    if ((await this.read(secretId, { versionId }, abortSignal)) !== undefined) return;
    try {
      await this.#client.send(
        new PutSecretValueCommand({
          SecretId: secretId,
          ClientRequestToken: versionId,
          SecretString: text,
          VersionStages: [pendingLabel],
        }),
        { abortSignal },
      );
    } catch (error) {
      // An attempt beside this one has given it another value.
      if (!(error instanceof ResourceExistsException)) throw error;
    }
  }

  async move(secretId: string, { label, from, to }: LabelMove, abortSignal: AbortSignal): Promise<void> {
    await this.#client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: secretId,
        VersionStage: label,
        ...(from === undefined ? {} : { RemoveFromVersionId: from }),
        ...(to === undefined ? {} : { MoveToVersionId: to }),
      }),
      { abortSignal },
    );
  }

  /** Closes its connections. */
  close(): void {
    this.#client.destroy();
  }
}
