import { GatewayError, isGatewayError } from '@genai-gateway/core';
import { unknownPart } from './bedrock-prompt.ts';
import type { ManagedPrompt, PromptAdmin, PromptContent } from './prompt-admin.ts';
import type { NewPrompt } from './prompt-body.ts';
import { etagOf, isSameContent } from './prompt-etag.ts';

/** Port: one at a time for each name, over all processes. */
export interface NamedLocks {
  /**
   * Runs `work` while nobody else has the lock; its signal ends when the lock is lost, too. Rejects as `work` does, with `prompts-unavailable` when the lock cannot
   * be had, and with the signal's reason.
   */
  hold<T>(name: string, work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T>;
}

/** What is about to be done to a prompt. */
export interface PromptChange {
  readonly action: 'created' | 'updated' | 'published' | 'deleted';
  /** Undefined: it is being made, and has none yet. */
  readonly promptId: string | undefined;
  readonly name: string;
  /** Of a deletion: the one version that goes; undefined: all of it. */
  readonly version: string | undefined;
  readonly before: PromptContent | undefined;
  readonly after: PromptContent | undefined;
}

/** Keeps who changed what. */
export interface PromptChanges {
  /** Called before a change is made, and nothing is changed where it rejects. */
  intend(change: PromptChange, signal: AbortSignal): Promise<void>;
  /** The change that was intended was refused, or may have been. Never rejects. */
  failed(change: PromptChange, error: GatewayError): Promise<void>;
  /** A prompt has changed, or may have. Never rejects. */
  tell(arn: string): Promise<void>;
}

export interface PromptAdministrationOptions {
  readonly admin: PromptAdmin;
  readonly locks: NamedLocks;
}

/** What a caller knew of a draft: its etag, or `*` for any. */
export type Known = string;

/**
 * Changes to prompts, none of which is lost to another one made at the same time: a change of a draft is made by who
 * knew the draft as it is, under a lock, and is `prompt-conflict` for everybody else. What is changed beside the
 * gateway, in AWS's console, is seen as well: the draft is read before it is written. Everything rejects as
 * `PromptAdmin` and `NamedLocks` do.
 */
export class PromptAdministration {
  readonly #admin: PromptAdmin;
  readonly #locks: NamedLocks;

  constructor({ admin, locks }: PromptAdministrationOptions) {
    this.#admin = admin;
    this.#locks = locks;
  }

  /** `token`: as in `PromptAdmin`. The same token with another content is a `prompt-conflict`. */
  create(
    { content, tags }: NewPrompt,
    token: string | undefined,
    changes: PromptChanges,
    signal: AbortSignal,
  ): Promise<ManagedPrompt> {
    const change = { ...noChange, action: 'created', name: content.name, after: content } as const;
    return this.#locks.hold(
      `name ${content.name}`,
      async (held) => {
        const create = () => this.#admin.create(content, { tags, token }, held);
        const made = await this.#make(change, changes, create, held);
        if (token !== undefined && !isSameContent(made.content, content)) throw otherRequest();
        return made;
      },
      signal,
    );
  }

  /**
   * Puts what `change` makes of the draft in its place. A draft that says so already is given as it is, whatever the
   * caller knew: it may be the caller's own change, whose answer was lost.
   */
  update(
    promptId: string,
    known: Known,
    change: (before: PromptContent) => PromptContent,
    changes: PromptChanges,
    signal: AbortSignal,
  ): Promise<ManagedPrompt> {
    return this.#withDraft(promptId, signal, async (draft, held) => {
      const before = draft.content;
      const after = change(before);
      if (isSameContent(before, after)) return draft;
      checkKnown(known, draft);
      checkWritable(after);
      const intended = { ...noChange, action: 'updated', promptId, name: before.name, before, after } as const;
      return this.#make(intended, changes, () => this.#admin.update(promptId, after, held), held, draft.arn);
    });
  }

  /** Makes a version of the draft. */
  publish(
    promptId: string,
    known: Known,
    { description, token }: { readonly description: string | undefined; readonly token: string | undefined },
    changes: PromptChanges,
    signal: AbortSignal,
  ): Promise<ManagedPrompt> {
    return this.#withDraft(promptId, signal, async (draft, held) => {
      checkKnown(known, draft);
      const after = draft.content;
      const intended = { ...noChange, action: 'published', promptId, name: after.name, after } as const;
      const publish = () => this.#admin.publish(promptId, { description, token }, held);
      const made = await this.#make(intended, changes, publish, held, draft.arn);
      if (token !== undefined && made.content.description !== description) throw otherRequest();
      return made;
    });
  }

  /** The prompt with all its versions. */
  delete(promptId: string, known: Known, changes: PromptChanges, signal: AbortSignal): Promise<ManagedPrompt> {
    return this.#withDraft(promptId, signal, async (draft, held) => {
      checkKnown(known, draft);
      const before = draft.content;
      const intended = { ...noChange, action: 'deleted', promptId, name: before.name, before } as const;
      return this.#make(intended, changes, () => this.#gone(draft, undefined, held), held, draft.arn);
    });
  }

  /** One version, which nobody can have changed meanwhile. */
  deleteVersion(
    promptId: string,
    version: string,
    changes: PromptChanges,
    signal: AbortSignal,
  ): Promise<ManagedPrompt> {
    const work = async (held: AbortSignal): Promise<ManagedPrompt> => {
      const kept = await this.#admin.get(promptId, version, held);
      const before = kept.content;
      const intended = { ...noChange, action: 'deleted', promptId, name: before.name, version, before } as const;
      return this.#make(intended, changes, () => this.#gone(kept, version, held), held, kept.arn);
    };
    return this.#locks.hold(lockOf(promptId), work, signal);
  }

  #withDraft(
    promptId: string,
    signal: AbortSignal,
    work: (draft: ManagedPrompt, held: AbortSignal) => Promise<ManagedPrompt>,
  ): Promise<ManagedPrompt> {
    const read = async (held: AbortSignal) => work(await this.#admin.get(promptId, 'DRAFT', held), held);
    return this.#locks.hold(lockOf(promptId), read, signal);
  }

  /** What is not there any more when it is deleted was there a moment ago: a first attempt has deleted it. */
  async #gone(kept: ManagedPrompt, version: string | undefined, signal: AbortSignal): Promise<ManagedPrompt> {
    await this.#admin.delete(kept.promptId, version, signal).catch((error: unknown) => {
      if (!isGatewayError(error) || error.code !== 'prompt-not-found') throw error;
    });
    return kept;
  }

  /** `arn`: of what there was before; undefined: it is in the answer. */
  async #make(
    change: PromptChange,
    changes: PromptChanges,
    make: () => Promise<ManagedPrompt>,
    signal: AbortSignal,
    arn?: string,
  ): Promise<ManagedPrompt> {
    await changes.intend(change, signal);
    try {
      const made = await make();
      await changes.tell(made.arn);
      return made;
    } catch (error) {
      const told = isGatewayError(error) ? error : uncertain(error);
      await changes.failed(change, told);
      if (arn !== undefined) await changes.tell(arn);
      throw isUncertain(told) ? uncertain(told) : told;
    }
  }
}

const noChange = { promptId: undefined, version: undefined, before: undefined, after: undefined } as const;

function lockOf(promptId: string): string {
  return `id ${promptId}`;
}

function checkKnown(known: Known, draft: ManagedPrompt): void {
  if (known === '*' || known === etagOf(draft.content)) return;
  throw new GatewayError(
    'prompt-conflict',
    'The draft of this prompt is not what it was when you read it: somebody has changed it. Read it again, make your change to what it says now, and send it with the new etag.',
    { param: 'If-Match' },
  );
}

/** What the SDK could not read it would leave out. */
function checkWritable({ variants }: PromptContent): void {
  for (const variant of variants) {
    const unknown = unknownPart(variant);
    if (unknown === undefined) continue;
    throw new GatewayError(
      'invalid-request',
      `The variant '${variant.name.slice(0, 200)}' has a part that the gateway does not know ('${unknown.slice(0, 60)}') and would lose. Change this prompt in Bedrock's Prompt management, or send all its variants anew.`,
      { param: 'variants' },
    );
  }
}

function otherRequest(): GatewayError {
  return new GatewayError(
    'prompt-conflict',
    'This idempotency-key belongs to an earlier request that asked for something else. Nothing was changed. Send another key, or none.',
    { param: 'idempotency-key' },
  );
}

function isUncertain({ code }: GatewayError): boolean {
  return code === 'prompts-unavailable';
}

/** Nobody knows whether it was done. */
function uncertain(cause: unknown): GatewayError {
  return new GatewayError(
    'prompts-unavailable',
    'Bedrock did not say whether the change was made. Read the prompt again before you repeat it; a repeated creation or publication with the same idempotency-key is made once.',
    { cause, retryAfterSeconds: 2 },
  );
}
