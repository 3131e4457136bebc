import type { CredentialSource } from './credentials.ts';
import { sdkCredentials } from './sdk-credentials.ts';

export interface RegionClientsOptions {
  readonly credentials: CredentialSource;
  /** Base URL for every region, such as a VPC endpoint or a simulator; undefined: the region's own. */
  readonly endpoint: string | undefined;
}

/** What every client of the SDK is made with here. */
export interface RegionClientConfig {
  readonly region: string;
  readonly maxAttempts: number;
  readonly credentials: ReturnType<typeof sdkCredentials>;
  readonly endpoint?: string;
}

/** A region's client holds connections; a gateway calls a handful of regions. */
const MAX_CLIENTS = 16;
const MAX_ATTEMPTS = 2;

/** A client of the SDK per region, made when it is first asked for. */
export class RegionClients<Client extends { destroy(): void }> {
  readonly #options: RegionClientsOptions;
  readonly #make: (config: RegionClientConfig) => Client;
  readonly #clients = new Map<string, Client>();

  constructor(options: RegionClientsOptions, make: (config: RegionClientConfig) => Client) {
    this.#options = options;
    this.#make = make;
  }

  of(region: string): Client {
    const known = this.#clients.get(region);
    if (known !== undefined) return known;
    if (this.#clients.size >= MAX_CLIENTS) this.close();
    const { credentials, endpoint } = this.#options;
    const client = this.#make({
      region,
      maxAttempts: MAX_ATTEMPTS,
      credentials: sdkCredentials(credentials),
      ...(endpoint === undefined ? {} : { endpoint }),
    });
    this.#clients.set(region, client);
    return client;
  }

  /** Closes every connection. */
  close(): void {
    for (const client of this.#clients.values()) client.destroy();
    this.#clients.clear();
  }
}
