import { CreatePromptRequest$, type PromptVariant } from '@aws-sdk/client-bedrock-agent';
import { invalid } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { checkAgainstSchema } from '../wire/schema-check.ts';
import type { PromptAccount, PromptFields, Revision } from './prompt-account.ts';
import { parsePromptIdentifier, promptArn, promptIdentifier } from './prompt-identifier.ts';
import { checkPrompt } from './prompt-rules.ts';

/** What can be published of a prompt, in the words of CreatePrompt. */
export interface SimulatedPromptVersion {
  readonly description?: string;
  readonly defaultVariant?: string;
  readonly variants: readonly PromptVariant[];
}

/** A managed prompt that is there without having been created by a call. What stands here is its draft. */
export interface SimulatedPrompt extends SimulatedPromptVersion {
  /** Ten letters and digits. */
  readonly id: string;
  /** The simulator's own when absent. */
  readonly region?: string;
  /** Of no other prompt in its region. */
  readonly name: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** What was published, version 1 first. Absent: nothing was. */
  readonly versions?: readonly SimulatedPromptVersion[];
}

/** The account's prompts as tests change them, without a call that would be logged. Throws `BedrockError` as the API would answer. */
export interface SimulatedPrompts {
  /** Makes a prompt, or puts it in the place of the one with its id, versions and all. */
  save(prompt: SimulatedPrompt): void;
  /** Makes a version of the draft and gives its number. */
  publish(id: string): string;
  /** The whole prompt, or one version of it. */
  remove(id: string, version?: string): void;
}

/** Changes the prompts of an account. `ownRegion` is that of prompts that name none. */
export function simulatedPrompts(account: PromptAccount, ownRegion: string, date: () => string): SimulatedPrompts {
  return {
    save: ({ id, region = ownRegion, versions = [], tags = {}, ...draft }) => {
      if (parsePromptIdentifier(promptArn(region, id)) === undefined)
        throw invalid(`'${id}' is not the id of a prompt.`);
      const at = date();
      const revision = (version: SimulatedPromptVersion, labels: JsonObject): Revision => ({
        fields: checked({ ...version, name: draft.name }),
        createdAt: at,
        updatedAt: at,
        tags: labels,
      });
      const published = versions.map((version) => revision(version, {}));
      account.put(region, id, revision(draft, tags), published);
    },
    publish: (id) =>
      account.publish(promptIdentifier(id, 'id'), undefined, { description: undefined, tags: {} }).version,
    remove: (id, version) => account.remove(promptIdentifier(id, 'id'), undefined, version),
  };
}

/** The prompt as JSON, once it is known to be what CreatePrompt takes. */
function checked(prompt: SimulatedPromptVersion & { readonly name: string }): PromptFields {
  const body: unknown = structuredClone(prompt);
  checkAgainstSchema(body, CreatePromptRequest$);
  const fields = body as PromptFields;
  checkPrompt(fields);
  return fields;
}
