import type { FunctionTarget } from '@genai-gateway/config';

/** A folder of `functions/`. */
export type FunctionName = FunctionTarget | 'log-compaction' | 'secret-rotation';

export const functionNames = [
  'prompts-admin',
  'chat-history',
  'log-compaction',
  'secret-rotation',
] as const satisfies readonly FunctionName[];

/** What other stacks know of a function. */
export interface FunctionFacts {
  /** The name that Lambda knows it by. */
  readonly functionName: string;
  readonly functionArn: string;
  /** Of the queue of events that it could not do. */
  readonly deadLetterQueueName: string;
  readonly logGroupName: string;
}

/** The functions that are there before the entrance: it forwards to two of them. */
export type Functions = Readonly<Record<Exclude<FunctionName, 'secret-rotation'>, FunctionFacts>>;

export type AllFunctions = Readonly<Record<FunctionName, FunctionFacts>>;
