import { createHash } from 'node:crypto';
import type { Clock } from '@genai-gateway/core';
import { BedrockError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { ACCOUNT, DRAFT, type PromptIdentifier, promptArn } from './prompt-identifier.ts';

/** What a prompt or a version of it says: name, description, customerEncryptionKeyArn, defaultVariant and variants, as far as they were given. */
export type PromptFields = JsonObject & { readonly name: string };

/** A prompt as it was at one time. */
export interface Revision {
  readonly fields: PromptFields;
  /** ISO 8601 */
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly tags: JsonObject;
}

interface StoredPrompt {
  readonly id: string;
  readonly region: string;
  draft: Revision;
  /** By their number. */
  readonly versions: Map<string, Revision>;
  /** The highest number ever given: that of a deleted version is not given again. */
  lastVersion: number;
}

/** A revision, and where it was found. */
export interface Found {
  readonly id: string;
  readonly arn: string;
  /** `DRAFT` or a number. */
  readonly version: string;
  readonly revision: Revision;
}

/**
 * The prompts of the account, in memory. A region undefined is that of an unsigned request, which sees all of them.
 * Everything throws `BedrockError`: ResourceNotFoundException for what is not there (or in another region),
 * ConflictException for a name that its region has.
 */
export interface PromptAccount {
  create(region: string, fields: PromptFields, tags: JsonObject): Found;
  /** Makes a prompt with an id of one's own choice, or puts it in the other's place, versions and all. */
  put(region: string, id: string, draft: Revision, versions: readonly Revision[]): void;
  /** The named version, else that of the identifier, else the draft. */
  find(identifier: PromptIdentifier, region: string | undefined, version?: string): Found;
  update(identifier: PromptIdentifier, region: string | undefined, fields: PromptFields): Found;
  /** Makes a version of the draft. */
  publish(
    identifier: PromptIdentifier,
    region: string | undefined,
    changed: { readonly description: string | undefined; readonly tags: JsonObject },
  ): Found;
  /** The whole prompt, or one version. */
  remove(identifier: PromptIdentifier, region: string | undefined, version: string | undefined): void;
  /** The drafts, in the order in which they were made. */
  drafts(region: string | undefined): readonly Found[];
  /** The draft and the versions of one prompt. */
  revisions(identifier: PromptIdentifier, region: string | undefined): readonly Found[];
  tag(identifier: PromptIdentifier, region: string | undefined, tags: JsonObject): void;
}

/** An account without prompts. */
export function createPromptAccount(now: Clock): PromptAccount {
  const prompts = new Map<string, StoredPrompt>();
  let made = 0;

  function date(): string {
    return new Date(now()).toISOString();
  }

  /** Made from the number of prompts, so that the same calls make the same ids. */
  function newId(): string {
    made += 1;
    const hash = createHash('sha256').update(`prompt ${made}`).digest('hex').toUpperCase().slice(0, 10);
    return prompts.has(hash) ? newId() : hash;
  }

  function stored({ id, region, account }: PromptIdentifier, asked: string | undefined): StoredPrompt {
    const prompt = prompts.get(id);
    const isThere = account === ACCOUNT && [region, asked].every((each) => (each ?? prompt?.region) === prompt?.region);
    if (prompt === undefined || !isThere) throw notFound(id);
    return prompt;
  }

  function revisionOf(prompt: StoredPrompt, version: string): Found {
    const revision = version === DRAFT ? prompt.draft : prompt.versions.get(String(Number(version)));
    if (revision === undefined) throw notFound(`${prompt.id}, version ${version}`);
    return { id: prompt.id, arn: promptArn(prompt.region, prompt.id, version), version, revision };
  }

  function checkName(name: string, region: string, besides?: string): void {
    for (const prompt of prompts.values()) {
      if (prompt.id === besides || prompt.region !== region || prompt.draft.fields.name !== name) continue;
      throw new BedrockError('ConflictException', `A prompt with the name ${name} already exists.`);
    }
  }

  return {
    create: (region, fields, tags) => {
      checkName(fields.name, region);
      const at = date();
      const draft = { fields, createdAt: at, updatedAt: at, tags };
      const prompt = { id: newId(), region, draft, versions: new Map(), lastVersion: 0 };
      prompts.set(prompt.id, prompt);
      return revisionOf(prompt, DRAFT);
    },
    put: (region, id, draft, versions) => {
      checkName(draft.fields.name, region, id);
      const numbered = new Map(versions.map((revision, at) => [String(at + 1), revision]));
      prompts.set(id, { id, region, draft, versions: numbered, lastVersion: versions.length });
    },
    find: (identifier, region, version = identifier.version ?? DRAFT) =>
      revisionOf(stored(identifier, region), version),
    update: (identifier, region, fields) => {
      const prompt = stored(identifier, region);
      checkName(fields.name, prompt.region, prompt.id);
      prompt.draft = { ...prompt.draft, fields, updatedAt: date() };
      return revisionOf(prompt, DRAFT);
    },
    publish: (identifier, region, { description, tags }) => {
      const prompt = stored(identifier, region);
      const { description: _ofTheDraft, ...fields } = prompt.draft.fields;
      const at = date();
      prompt.lastVersion += 1;
      const version = String(prompt.lastVersion);
      const described = {
        ...fields,
        name: prompt.draft.fields.name,
        ...(description === undefined ? {} : { description }),
      };
      prompt.versions.set(version, { fields: described, createdAt: at, updatedAt: at, tags });
      return revisionOf(prompt, version);
    },
    remove: (identifier, region, version) => {
      const prompt = stored(identifier, region);
      if (version === undefined) prompts.delete(prompt.id);
      else if (!prompt.versions.delete(String(Number(version)))) throw notFound(`${prompt.id}, version ${version}`);
    },
    drafts: (region) =>
      [...prompts.values()]
        .filter((prompt) => prompt.region === (region ?? prompt.region))
        .map((prompt) => revisionOf(prompt, DRAFT)),
    revisions: (identifier, region) => {
      const prompt = stored(identifier, region);
      return [DRAFT, ...prompt.versions.keys()].map((version) => revisionOf(prompt, version));
    },
    tag: (identifier, region, tags) => {
      const prompt = stored(identifier, region);
      const { version, revision } = revisionOf(prompt, identifier.version ?? DRAFT);
      const tagged = { ...revision, tags };
      if (version === DRAFT) prompt.draft = tagged;
      else prompt.versions.set(version, tagged);
    },
  };
}

/** As the service words it for other resources. Its text for prompts is not documented. */
function notFound(what: string): BedrockError {
  return new BedrockError('ResourceNotFoundException', `The specified prompt was not found: ${what}.`);
}
