import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeUsersCommand,
  ElastiCacheClient,
  InvalidUserStateFault,
  ModifyUserCommand,
} from '@aws-sdk/client-elasticache';
import { type CacheUser, RotationFailure } from '@genai-gateway/rotation';
import { PATIENT, type ServiceOptions, sdkClientConfig } from './sdk-client.ts';

export interface ElastiCacheUserOptions extends ServiceOptions {
  /** ElastiCache's id of the user, which is not its name. */
  readonly userId: string;
  /** Between two looks at whether a change is done, milliseconds. */
  readonly pollMs: number;
}

/**
 * The port `CacheUser` over ElastiCache's users. A change is done when the user is `active` again, which takes some
 * seconds, and a user that is being changed cannot be changed.
 * Source: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html (as of 2026-11-23)
 */
export class ElastiCacheUser implements CacheUser {
  readonly #options: ElastiCacheUserOptions;
  readonly #client: ElastiCacheClient;

  constructor(options: ElastiCacheUserOptions) {
    this.#options = options;
    this.#client = new ElastiCacheClient(sdkClientConfig(options, PATIENT));
  }

  async setPasswords(passwords: readonly [string, string], signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#untilActive(signal);
      if (await this.#modify(passwords, signal)) break;
      await this.#pause(signal);
    }
    await this.#untilActive(signal);
  }

  /** False: somebody else is changing the user. */
  async #modify(passwords: readonly string[], abortSignal: AbortSignal): Promise<boolean> {
    const command = new ModifyUserCommand({
      UserId: this.#options.userId,
      AuthenticationMode: { Type: 'password', Passwords: [...passwords] },
    });
    try {
      await this.#client.send(command, { abortSignal });
      return true;
    } catch (error) {
      if (error instanceof InvalidUserStateFault) return false;
      throw error;
    }
  }

  async #untilActive(signal: AbortSignal): Promise<void> {
    for (;;) {
      const status = await this.#status(signal);
      if (status === 'active') return;
      if (status !== 'modifying') {
        throw new RotationFailure(
          `The user ${this.#options.userId} of the cache is ${status}.`,
          'Deploy again, so that there is one; then rotate.',
        );
      }
      await this.#pause(signal);
    }
  }

  async #status(abortSignal: AbortSignal): Promise<string> {
    const command = new DescribeUsersCommand({ UserId: this.#options.userId });
    const { Users = [] } = await this.#client.send(command, { abortSignal });
    return Users[0]?.Status ?? 'not there';
  }

  async #pause(signal: AbortSignal): Promise<void> {
    await sleep(this.#options.pollMs, undefined, { signal });
  }

  /** Closes its connections. */
  close(): void {
    this.#client.destroy();
  }
}
