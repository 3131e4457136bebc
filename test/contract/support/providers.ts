import { litellmWorld, world } from './world.ts';

/** A provider that LiteLLM calls, and the alias of the default configuration that leads there. */
export interface Provider {
  readonly name: string;
  readonly model: string;
  /** Address of its simulator, for `support/simulator.ts`. */
  readonly simulator: () => string;
}

/** Those of the default configuration that are not Bedrock. */
export const providers: readonly Provider[] = [
  { name: 'OpenAI', model: 'gpt-4o-mini', simulator: () => litellmWorld().openai },
  { name: 'SageMaker', model: 'sagemaker-llama', simulator: () => litellmWorld().sagemaker },
];

/** Whether tests with LiteLLM, or with a client in Python, have to be skipped on this machine. */
export function isWithout(client: { readonly isPython: boolean }): boolean {
  return world.litellm === undefined || (client.isPython && world.python === undefined);
}
