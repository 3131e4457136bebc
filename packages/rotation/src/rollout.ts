export interface RolloutState {
  /** All replicas that are wanted run, none of an earlier rollout beside them. */
  readonly isSettled: boolean;
  /** None of them was started before; undefined: there are none. */
  readonly startedAfterMs: number | undefined;
}

/** Port: a service that reads secrets when it starts and never again, such as LiteLLM. */
export interface Rollout {
  /**
   * Starts every replica anew, one after the other, and comes back before they run. `versionId` is of the secret that it
   * is done for: where the platform can tell, the same one twice is one rollout.
   */
  start(versionId: string, signal: AbortSignal): Promise<void>;
  state(signal: AbortSignal): Promise<RolloutState>;
}
