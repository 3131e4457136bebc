import type { Clock } from '@genai-gateway/core';
import type { Authenticator, EndUsers } from '@genai-gateway/identity';
import type { Catalogue, RegionPolicy } from '@genai-gateway/routing';
import type { Call } from './call.ts';
import type { Heartbeats } from './heartbeats.ts';
import type { LitellmProxy } from './litellm.ts';
import type { BedrockRuntime, UpstreamListener, UpstreamRequest } from './upstream.ts';

/** Everything a request needs; composed once at start. */
export interface Services {
  readonly authenticator: Authenticator;
  readonly endUsers: EndUsers;
  /** The catalogue of now; a new configuration gives another object. */
  readonly catalogue: () => Catalogue;
  readonly regions: RegionPolicy;
  readonly bedrock: BedrockRuntime;
  /** Undefined: there is no LiteLLM, and what only LiteLLM can serve is refused by name. */
  readonly litellm: LitellmProxy | undefined;
  readonly heartbeats: Heartbeats;
  readonly now: Clock;
}

/** How a stage hands a request to Bedrock: to be called with who listens. */
export function toBedrock(
  call: Call,
  services: Services,
  request: UpstreamRequest,
): (listener: UpstreamListener) => void {
  return (listener) => services.bedrock.send(request, listener, call.signal);
}
