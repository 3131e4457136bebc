import type { Clock, DeploymentPrice, Payer } from '@genai-gateway/core';
import type { Accounts, Price, RequestMetadata } from '@genai-gateway/governance';
import type { SessionStore } from '@genai-gateway/history';
import type { AccessGroups, Authenticator, EndUsers, Tags } from '@genai-gateway/identity';
import type { PromptBook } from '@genai-gateway/prompts';
import type { Catalogue, ModelResolver, RegionPolicy } from '@genai-gateway/routing';
import type { Call } from './call.ts';
import type { Heartbeats } from './heartbeats.ts';
import type { LitellmProxy } from './litellm.ts';
import type { ManagementOfLogins } from './self-service-port.ts';
import type { BedrockRuntime, UpstreamListener, UpstreamRequest } from './upstream.ts';

/** Port: what models cost. */
export interface Prices {
  /** Undefined: nobody knows. `price`: what the row of the model list says itself. */
  find(model: {
    readonly modelId: string;
    readonly region: string;
    readonly price: DeploymentPrice | undefined;
  }): Price | undefined;
  /** What a guardrail costs by itself. */
  guardrail(region: string): Price;
  /** The longest input that a model takes, in tokens; undefined: nobody knows. */
  contextTokens(modelId: string): number | undefined;
}

/** Chat history, and who shares it. */
export interface History {
  readonly store: SessionStore;
  readonly sharedBy: 'key' | 'user' | 'team';
}

/** Everything a request needs; composed once at start. */
export interface Services {
  readonly authenticator: Authenticator;
  readonly endUsers: EndUsers;
  readonly tags: Tags;
  readonly accessGroups: AccessGroups;
  /** The catalogue of now; a new configuration gives another object. */
  readonly catalogue: () => Catalogue;
  readonly regions: RegionPolicy;
  readonly bedrock: BedrockRuntime;
  /** Undefined: there is no LiteLLM, and what only LiteLLM can serve is refused by name. */
  readonly litellm: LitellmProxy | undefined;
  /** Management routes for those who come with a login; undefined: there are none. */
  readonly selfService: ManagementOfLogins<Services> | undefined;
  /** Undefined: no sessions are kept. */
  readonly history: History | undefined;
  readonly prompts: PromptBook;
  /** Whether cache points are set in requests that are written here. */
  readonly promptCaching: boolean;
  readonly models: ModelResolver;
  readonly prices: Prices;
  /** By which a model is booked whose price nobody knows; undefined: it is refused. */
  readonly ceilingPrice: Price | undefined;
  readonly accounts: Accounts;
  /** What Bedrock is told about who pays; undefined: nothing. */
  readonly attribute: ((payer: Payer) => RequestMetadata) | undefined;
  /** Whether a request log asks for what is said in calls. */
  readonly logsContent: boolean;
  readonly heartbeats: Heartbeats;
  readonly now: Clock;
}

/** How a stage hands a request to Bedrock: to be called with who listens. */
export function toBedrock(
  call: Call,
  services: Services,
  request: UpstreamRequest,
): (listener: UpstreamListener) => void {
  return (listener) => {
    if (!call.signal.aborted) call.record.sentAtMs = services.now();
    services.bedrock.send(request, listener, call.signal);
  };
}
