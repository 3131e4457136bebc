import type { OwnState, SelfServiceCaller, SelfServiceForward } from '@genai-gateway/governance';
import type { Call } from './call.ts';

/** LiteLLM's management, asked on behalf of a login. */
export interface LitellmManagement {
  /**
   * What LiteLLM holds of a user, asked with that user's own key. Rejects with `litellm-unavailable` or
   * `upstream-failed`.
   */
  ownState(userId: string, credential: string, signal: AbortSignal): Promise<OwnState>;
  /** One question and its whole answer, whatever its status. Rejects with `litellm-unavailable`. */
  ask(request: SelfServiceForward, credential: string, signal: AbortSignal): Promise<ManagementReply>;
}

export interface ManagementReply {
  readonly status: number;
  /** The answer as JSON; undefined where it is none. */
  readonly json: unknown;
}

/** Who is asking: what the login says, and whether it is an administrator's. */
export interface SelfServiceLogin extends SelfServiceCaller {
  readonly role: 'admin' | 'user';
}

/** A request for a route of LiteLLM's management. */
export interface ManagementRequest {
  /** Administrators reach `litellm` routes; what takes the master key is not for them either. */
  readonly access: string;
  readonly method: string;
  /** Path and query as they came and were authorised. */
  readonly target: string;
}

/** The stage that serves LiteLLM's management to logins. `Services` is the pipeline's, which holds this in turn. */
export interface ManagementOfLogins<Services> {
  /**
   * Serves a management route for a login; `credential` is the login's internal LiteLLM key. Rejects with
   * `not-permitted` for what only an administrator may do, `invalid-request` for fields that are not the
   * caller's to set, `model-not-allowed`, `litellm-unavailable`.
   */
  serve(
    call: Call,
    services: Services,
    request: ManagementRequest,
    login: SelfServiceLogin,
    credential: string,
  ): Promise<void>;
}
