import { randomBytes } from 'node:crypto';
import { type Clock, GatewayError } from '@genai-gateway/core';
import type {
  CreateOptions,
  ManagedPrompt,
  PromptAdmin,
  PromptContent,
  PromptSummary,
  PublishOptions,
} from './prompt-admin.ts';

interface Kept {
  readonly promptId: string;
  /** Without its version, as all of them. */
  readonly arn: string;
  /** By version; the draft is one of them. */
  readonly revisions: Map<string, ManagedPrompt>;
  /** The number of a deleted version is not given again. */
  lastVersion: number;
}

/** `PromptAdmin` in the memory of this process: names are unique and tokens count once, as at Bedrock; it judges no content. */
export class MemoryPromptAdmin implements PromptAdmin {
  readonly #prefix: string;
  readonly #now: Clock;
  readonly #prompts = new Map<string, Kept>();
  readonly #answers = new Map<string, ManagedPrompt>();

  constructor(region: string, account: string, now: Clock) {
    this.#prefix = `arn:aws:bedrock:${region}:${account}:prompt/`;
    this.#now = now;
  }

  async list(signal: AbortSignal): Promise<readonly PromptSummary[]> {
    signal.throwIfAborted();
    return [...this.#prompts.keys()].map((promptId) => summaryOf(this.#revision(promptId, 'DRAFT')));
  }

  async versions(promptId: string, signal: AbortSignal): Promise<readonly PromptSummary[]> {
    signal.throwIfAborted();
    const { revisions } = this.#kept(promptId);
    return [...revisions.values()].filter(({ version }) => version !== 'DRAFT').map(summaryOf);
  }

  async get(promptId: string, version: string, signal: AbortSignal): Promise<ManagedPrompt> {
    signal.throwIfAborted();
    return this.#revision(promptId, version);
  }

  async create(content: PromptContent, { token }: CreateOptions, signal: AbortSignal): Promise<ManagedPrompt> {
    signal.throwIfAborted();
    return this.#once(token && `create ${token}`, () => {
      this.#checkName(content.name, undefined);
      const promptId = randomBytes(5).toString('hex').toUpperCase();
      const kept = { promptId, arn: this.#prefix + promptId, revisions: new Map(), lastVersion: 0 };
      this.#prompts.set(promptId, kept);
      return this.#put(kept, 'DRAFT', content);
    });
  }

  async update(promptId: string, content: PromptContent, signal: AbortSignal): Promise<ManagedPrompt> {
    signal.throwIfAborted();
    const kept = this.#kept(promptId);
    this.#checkName(content.name, promptId);
    return this.#put(kept, 'DRAFT', content);
  }

  async publish(promptId: string, { description, token }: PublishOptions, signal: AbortSignal): Promise<ManagedPrompt> {
    signal.throwIfAborted();
    const kept = this.#kept(promptId);
    return this.#once(token && `publish ${token}`, () => {
      kept.lastVersion += 1;
      return this.#put(kept, String(kept.lastVersion), { ...this.#revision(promptId, 'DRAFT').content, description });
    });
  }

  async delete(promptId: string, version: string | undefined, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const kept = this.#kept(promptId);
    if (version === undefined) this.#prompts.delete(promptId);
    else if (version === 'DRAFT' || !kept.revisions.delete(version)) throw notFound();
  }

  #kept(promptId: string): Kept {
    const kept = this.#prompts.get(promptId);
    if (kept === undefined) throw notFound();
    return kept;
  }

  #revision(promptId: string, version: string): ManagedPrompt {
    const revision = this.#kept(promptId).revisions.get(version);
    if (revision === undefined) throw notFound();
    return revision;
  }

  #put({ promptId, arn, revisions }: Kept, version: string, content: PromptContent): ManagedPrompt {
    const updatedAtMs = this.#now();
    const createdAtMs = revisions.get(version)?.createdAtMs ?? updatedAtMs;
    const revision = { arn, promptId, version, content: structuredClone(content), createdAtMs, updatedAtMs };
    revisions.set(version, revision);
    return revision;
  }

  #once(token: string | undefined, make: () => ManagedPrompt): ManagedPrompt {
    const made = (token === undefined ? undefined : this.#answers.get(token)) ?? make();
    if (token !== undefined) this.#answers.set(token, made);
    return made;
  }

  #checkName(name: string, besides: string | undefined): void {
    const isTaken = [...this.#prompts.values()].some(
      ({ promptId, revisions }) => promptId !== besides && revisions.get('DRAFT')?.content.name === name,
    );
    if (isTaken) throw new GatewayError('prompt-conflict', 'Another prompt has this name.', { param: 'name' });
  }
}

function summaryOf({ content: { name, description }, ...rest }: ManagedPrompt): PromptSummary {
  const { arn, promptId, version, createdAtMs, updatedAtMs } = rest;
  return { arn, promptId, version, name, description, createdAtMs, updatedAtMs };
}

function notFound(): GatewayError {
  return new GatewayError('prompt-not-found', 'There is no such managed prompt.');
}
