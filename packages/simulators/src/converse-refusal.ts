import { BedrockError } from './errors.ts';
import { resolveModel } from './models.ts';
import { prepareConverse } from './operations.ts';

/** A Converse request, as it would be sent. */
export interface ConverseQuestion {
  readonly modelId: string;
  /** The parsed body. */
  readonly body: unknown;
  /** Whether it goes to ConverseStream. */
  readonly streamed: boolean;
}

/** What the simulated Bedrock would refuse a request for, without a server around it; undefined: it would answer. */
export function converseRefusal({ modelId, body, streamed }: ConverseQuestion): string | undefined {
  try {
    const model = resolveModel(modelId);
    prepareConverse(Buffer.from(JSON.stringify(body)), streamed, (given) => ({ model, body: given }));
    return undefined;
  } catch (error) {
    if (error instanceof BedrockError) return error.message;
    throw error;
  }
}
