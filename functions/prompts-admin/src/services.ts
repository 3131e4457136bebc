import type { Clock } from '@genai-gateway/core';
import type { AuditLog } from '@genai-gateway/governance';
import type { FunctionLogger } from '@genai-gateway/lambda';
import type { ModelAccess } from '@genai-gateway/pipeline';
import type { PromptAdministration, PromptReading } from '@genai-gateway/prompts';

/** What the routes of prompts are served by. */
export interface PromptServices {
  readonly reading: PromptReading;
  readonly administration: PromptAdministration;
  /** What decides who may call which model, as it is now. */
  readonly access: () => Promise<ModelAccess>;
  readonly audit: AuditLog;
  /** Tells the gateway's replicas that a prompt has changed. Never rejects. */
  readonly tell: (arn: string) => Promise<void>;
  readonly logger: FunctionLogger;
  readonly now: Clock;
}
