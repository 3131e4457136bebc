import { simulatorCredentials } from '@genai-gateway/local';
import { vi } from 'vitest';
import { ask } from '../../support/litellm.ts';
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

interface Variant {
  readonly variables?: readonly string[];
  readonly modelId?: string;
  /** What only the gateway reads: `gateway:model`, `gateway:weight`. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Of a text or a chat alike: `maxTokens` and its like. */
  readonly inference?: object;
  readonly additional?: object;
}

/** A variant of a prompt that is one text, in the words of CreatePrompt. */
export function textVariant(name: string, { text, ...variant }: Variant & { readonly text: string }): object {
  return {
    ...common(name, variant),
    templateType: 'TEXT',
    templateConfiguration: { text: { text, ...inputs(variant) } },
  };
}

/** A variant that is a conversation: `chat` has `messages`, and may have `system` and `toolConfiguration`. */
export function chatVariant(name: string, { chat, ...variant }: Variant & { readonly chat: object }): object {
  return {
    ...common(name, variant),
    templateType: 'CHAT',
    templateConfiguration: { chat: { ...chat, ...inputs(variant) } },
  };
}

function common(name: string, { modelId, metadata = {}, inference, additional }: Variant): object {
  return {
    name,
    ...(modelId === undefined ? {} : { modelId }),
    ...(inference === undefined ? {} : { inferenceConfiguration: { text: inference } }),
    ...(additional === undefined ? {} : { additionalModelRequestFields: additional }),
    metadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  };
}

function inputs({ variables = [] }: Variant): object {
  return { inputVariables: variables.map((name) => ({ name })) };
}

/** Calls the API of managed prompts by boto3, as administrators do. Throws what it raises. */
async function promptApi(method: string, input: object): Promise<unknown> {
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

/**
 * Makes a prompt under a new name, its first variant being the default, publishes it as version 1, and waits until the
 * gateway finds it by its name, which is as long as a change may take to be seen.
 */
export async function makePrompt(variants: readonly object[]): Promise<MadePrompt> {
  const name = uniqueWord();
  const defaultVariant = at(variants[0], 'name');
  const made = await promptApi('create_prompt', { name, variants, defaultVariant });
  const [id, arn] = [String(at(made, 'id')), String(at(made, 'arn'))];
  await promptApi('create_prompt_version', { promptIdentifier: id });
  await vi.waitFor(
    async () => {
      const { status } = await ask('/v1/chat/completions', { body: { model: `prompt:${name}`, messages: [] } });
      // Without its variables it is refused by another status.
      if (status === 404) throw new Error(`The gateway does not know prompt:${name}.`);
    },
    { timeout: 5_000, interval: 200 },
  );
  return { id, name, arn, variants };
}

/** Replaces the draft. */
export async function changePrompt({ id, name }: MadePrompt, variants: readonly object[]): Promise<void> {
  const defaultVariant = at(variants[0], 'name');
  await promptApi('update_prompt', { promptIdentifier: id, name, variants, defaultVariant });
}
