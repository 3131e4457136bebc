import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type Clock, FollowedSecret, GatewayError, type SecretSource, type StoredVersion } from '@genai-gateway/core';
import { type Patience, type ServiceOptions, sdkClientConfig } from './sdk-client.ts';

export interface SecretValuesOptions extends ServiceOptions {
  /** Time between two readings of a secret, milliseconds. */
  readonly refreshMs: number;
  readonly now: Clock;
  /** Lines for the log, once per outage; they hold no value. */
  readonly log: (message: string) => void;
}

const PATIENCE: Patience = { connectTimeoutMs: 2_000, attemptTimeoutMs: 2_000, maxAttempts: 2 };
/** A process that starts has time, and often starts beside many others that ask for the same. */
const FIRST_READ_MS = 20_000;
const FIRST_READ_RETRY_MS = 500;

/**
 * Secrets of Secrets Manager, each followed from its first reading until all are closed: `AWSCURRENT`, and behind it
 * `AWSPREVIOUS`. The role needs `secretsmanager:GetSecretValue` on each, and `kms:Decrypt` on its key.
 */
export class SecretValues {
  readonly #options: SecretValuesOptions;
  readonly #client: SecretsManagerClient;
  readonly #followed: FollowedSecret<unknown>[] = [];

  constructor(options: SecretValuesOptions) {
    this.#options = options;
    this.#client = new SecretsManagerClient(sdkClientConfig(options, PATIENCE));
  }

  /**
   * Reads a secret, by its ARN or name, again and again for 20 s, and follows it from then on. `parse` gives what its text
   * means and throws where it means nothing, without the text in its words. Rejects with an error that says what is to be mended.
   */
  async follow<Value>(id: string, parse: (text: string) => Value, signal: AbortSignal): Promise<SecretSource<Value>> {
    const { refreshMs, now, log } = this.#options;
    const options = {
      ...{ name: id, refreshMs, now, log },
      readNewest: async (during: AbortSignal) => {
        const version = await this.#read(id, 'AWSCURRENT', parse, during);
        if (version === undefined) throw new Meaningless('it has no value');
        return version;
      },
      readPrevious: (during: AbortSignal) => this.#read(id, 'AWSPREVIOUS', parse, during),
    };
    const patience = AbortSignal.any([signal, AbortSignal.timeout(FIRST_READ_MS)]);
    let reason: unknown;
    for (;;) {
      try {
        const followed = await FollowedSecret.open(options, patience);
        this.#followed.push(followed);
        return followed;
      } catch (cause) {
        signal.throwIfAborted();
        // When the time is over, what was wrong before says more.
        if (patience.aborted) throw unreadable(id, reason ?? cause);
        reason = cause;
        if (isFinal(cause)) throw unreadable(id, cause);
        await new Promise((resolve) => setTimeout(resolve, FIRST_READ_RETRY_MS));
      }
    }
  }

  close(): void {
    for (const each of this.#followed) each.close();
    this.#client.destroy();
  }

  async #read<Value>(
    id: string,
    stage: 'AWSCURRENT' | 'AWSPREVIOUS',
    parse: (text: string) => Value,
    signal: AbortSignal,
  ): Promise<StoredVersion<Value> | undefined> {
    const command = new GetSecretValueCommand({ SecretId: id, VersionStage: stage });
    try {
      const {
        SecretString: text,
        VersionId: version,
        CreatedDate: created,
      } = await this.#client.send(command, {
        abortSignal: signal,
      });
      if (text === undefined || version === undefined) throw new Meaningless('it is no text');
      return { id: version, value: meaning(text, parse), createdMs: created?.getTime() };
    } catch (error) {
      // A secret that never rotated has none, and one that means nothing is no value to fall back on.
      if (stage === 'AWSPREVIOUS' && (nameOf(error) === 'ResourceNotFoundException' || error instanceof Meaningless)) {
        return undefined;
      }
      throw error;
    }
  }
}

/** The secret can be read, and is of no use. */
class Meaningless extends Error {}

function meaning<Value>(text: string, parse: (text: string) => Value): Value {
  try {
    return parse(text);
  } catch (cause) {
    throw new Meaningless(cause instanceof Error ? cause.message : 'it means nothing');
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

/** What more tries do not mend, within seconds. */
function isFinal(error: unknown): boolean {
  return error instanceof Meaningless || ['AccessDeniedException', 'ResourceNotFoundException'].includes(nameOf(error));
}

function unreadable(id: string, cause: unknown): GatewayError {
  const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
  const mend =
    nameOf(cause) === 'AccessDeniedException'
      ? ' The role needs secretsmanager:GetSecretValue on it, and kms:Decrypt on its key.'
      : '';
  return new GatewayError('internal', `The secret ${id} cannot be used: ${reason}.${mend}`, { cause });
}
