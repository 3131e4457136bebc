import { simulatorCredentials } from '@genai-gateway/local';
import { askPython } from '../../support/python.ts';
import { at } from '../../support/reply.ts';
import { uniqueWord } from '../../support/simulator.ts';
import { world } from '../../support/world.ts';

/** A managed prompt in the simulated account. */
export interface MadePrompt {
  readonly id: string;
  readonly name: string;
  /** Of the draft. */
  readonly arn: string;
  readonly variants: readonly object[];
}

interface TextVariant {
  readonly text: string;
  readonly variables?: readonly string[];
  readonly modelId?: string;
  /** What only the gateway reads: `gateway:model`, `gateway:weight`. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A variant of a prompt, in the words of CreatePrompt. */
export function textVariant(name: string, variant: TextVariant): object {
  const { text, variables = [], modelId, metadata = {} } = variant;
  return {
    name,
    templateType: 'TEXT',
    templateConfiguration: { text: { text, inputVariables: variables.map((each) => ({ name: each })) } },
    ...(modelId === undefined ? {} : { modelId }),
    metadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  };
}

/** Calls the API of managed prompts by boto3, as administrators do. Throws what it raises. */
export async function promptApi(method: string, input: object): Promise<unknown> {
  const { output, failure } = await askPython({
    api: 'aws',
    service: 'bedrock-agent',
    endpoint: world.simulator,
    accessKey: simulatorCredentials.accessKeyId,
    secretKey: simulatorCredentials.secretAccessKey,
    method,
    input,
  });
  if (failure !== undefined) throw new Error(`${method}: ${failure.name}: ${failure.message}`);
  return output;
}

/** Makes a prompt under a new name, its first variant being the default, and publishes it as version 1. */
export async function makePrompt(variants: readonly object[]): Promise<MadePrompt> {
  const name = uniqueWord();
  const defaultVariant = at(variants[0], 'name');
  const made = await promptApi('create_prompt', { name, variants, defaultVariant });
  const [id, arn] = [String(at(made, 'id')), String(at(made, 'arn'))];
  await promptApi('create_prompt_version', { promptIdentifier: id });
  return { id, name, arn, variants };
}

/** Replaces the draft. */
export async function changePrompt({ id, name }: MadePrompt, variants: readonly object[]): Promise<void> {
  const defaultVariant = at(variants[0], 'name');
  await promptApi('update_prompt', { promptIdentifier: id, name, variants, defaultVariant });
}
