/** What a task is told beside its event. */
export interface TaskContext {
  /** Lambda's own id of the invocation; the same when Lambda tries again. */
  readonly requestId: string;
  /** Ends shortly before Lambda would end the function. */
  readonly signal: AbortSignal;
  /** Milliseconds until then. */
  remainingMs(): number;
}

/** An event that is no request: `{"task": "…"}` by EventBridge or by a direct invocation, or what a service sends. */
export type TaskEvent = Readonly<Record<string, unknown>>;

/** Answers with what a direct invocation gets as JSON. A rejection is Lambda's to try again, or for the dead letters. */
export type TaskHandler<Services> = (event: TaskEvent, services: Services, context: TaskContext) => Promise<unknown>;
