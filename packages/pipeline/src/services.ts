import type { Clock } from '@genai-gateway/core';
import type { Authenticator } from '@genai-gateway/identity';
import type { Catalogue, RegionPolicy } from '@genai-gateway/routing';
import type { Heartbeats } from './heartbeats.ts';
import type { BedrockRuntime } from './upstream.ts';

/** Everything a request needs; composed once at start. */
export interface Services {
  readonly authenticator: Authenticator;
  /** The catalogue of now; a new configuration gives another object. */
  readonly catalogue: () => Catalogue;
  readonly regions: RegionPolicy;
  readonly bedrock: BedrockRuntime;
  readonly heartbeats: Heartbeats;
  readonly now: Clock;
}
