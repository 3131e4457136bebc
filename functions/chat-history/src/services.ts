import type { Clock, ObjectStore } from '@genai-gateway/core';
import type { AuditLog } from '@genai-gateway/governance';
import type { FunctionLogger } from '@genai-gateway/lambda';
import type { FindKey, History } from '@genai-gateway/pipeline';
import type { ChatHistoryTask } from './task.ts';

/** What the function works with. */
export interface ChatHistoryServices {
  /** Undefined: no history is kept. */
  readonly history: History | undefined;
  /** Where exports and large turns are laid down; undefined: there is no place for them. */
  readonly objects: ObjectStore | undefined;
  readonly audit: AuditLog;
  readonly findKey: FindKey;
  /** Has a task done in another invocation. */
  readonly start: (task: ChatHistoryTask, signal: AbortSignal) => Promise<void>;
  /** How long a list of sessions may be behind, in milliseconds. */
  readonly listDelayMs: number;
  readonly logger: FunctionLogger;
  readonly now: Clock;
}
