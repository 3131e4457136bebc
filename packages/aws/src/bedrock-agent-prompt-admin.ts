import {
  BedrockAgentClient,
  CreatePromptCommand,
  CreatePromptVersionCommand,
  DeletePromptCommand,
  GetPromptCommand,
  type ListPromptsRequest,
  paginateListPrompts,
  UpdatePromptCommand,
} from '@aws-sdk/client-bedrock-agent';
import type {
  CreateOptions,
  ManagedPrompt,
  PromptAdmin,
  PromptContent,
  PromptSummary,
  PublishOptions,
} from '@genai-gateway/prompts';
import { managedPromptOf, summaryOf, writtenContent } from './bedrock-agent-prompt-answer.ts';
import { type PromptOperation, promptRefusal } from './bedrock-agent-prompt-refusal.ts';
import { RegionClients, type RegionClientsOptions } from './region-clients.ts';

export interface BedrockAgentPromptAdminOptions extends RegionClientsOptions {
  /** Whose prompts are managed. */
  readonly ownRegion: string;
}

/**
 * `PromptAdmin` over Bedrock's Prompt management, by the AWS SDK. Needs `bedrock:` CreatePrompt, GetPrompt, ListPrompts,
 * UpdatePrompt, DeletePrompt and CreatePromptVersion, and TagResource for tags. A call is tried twice at most; what must
 * happen once has a client token, the SDK's own where the caller has none.
 */
export class BedrockAgentPromptAdmin implements PromptAdmin {
  readonly #ownRegion: string;
  readonly #clients: RegionClients<BedrockAgentClient>;

  constructor({ ownRegion, ...options }: BedrockAgentPromptAdminOptions) {
    this.#ownRegion = ownRegion;
    this.#clients = new RegionClients(options, (config) => new BedrockAgentClient(config));
  }

  list(signal: AbortSignal): Promise<readonly PromptSummary[]> {
    return this.#list({}, signal);
  }

  async versions(promptId: string, signal: AbortSignal): Promise<readonly PromptSummary[]> {
    const all = await this.#list({ promptIdentifier: promptId }, signal);
    return all
      .filter(({ version }) => version !== 'DRAFT')
      .toSorted((one, other) => Number(one.version) - Number(other.version));
  }

  get(promptId: string, version: string, signal: AbortSignal): Promise<ManagedPrompt> {
    const command = new GetPromptCommand({
      promptIdentifier: promptId,
      ...(version === 'DRAFT' ? {} : { promptVersion: version }),
    });
    return this.#asked('GetPrompt', signal, async (client) =>
      managedPromptOf(await client.send(command, { abortSignal: signal })),
    );
  }

  create(content: PromptContent, { tags, token }: CreateOptions, signal: AbortSignal): Promise<ManagedPrompt> {
    const command = new CreatePromptCommand({
      ...writtenContent(content),
      ...(Object.keys(tags).length === 0 ? {} : { tags: { ...tags } }),
      ...(token === undefined ? {} : { clientToken: token }),
    });
    return this.#asked('CreatePrompt', signal, async (client) =>
      managedPromptOf(await client.send(command, { abortSignal: signal })),
    );
  }

  update(promptId: string, content: PromptContent, signal: AbortSignal): Promise<ManagedPrompt> {
    const command = new UpdatePromptCommand({ promptIdentifier: promptId, ...writtenContent(content) });
    return this.#asked('UpdatePrompt', signal, async (client) =>
      managedPromptOf(await client.send(command, { abortSignal: signal })),
    );
  }

  publish(promptId: string, { description, token }: PublishOptions, signal: AbortSignal): Promise<ManagedPrompt> {
    const command = new CreatePromptVersionCommand({
      promptIdentifier: promptId,
      description,
      ...(token === undefined ? {} : { clientToken: token }),
    });
    return this.#asked('CreatePromptVersion', signal, async (client) =>
      managedPromptOf(await client.send(command, { abortSignal: signal })),
    );
  }

  delete(promptId: string, version: string | undefined, signal: AbortSignal): Promise<void> {
    const command = new DeletePromptCommand({
      promptIdentifier: promptId,
      ...(version === undefined ? {} : { promptVersion: version }),
    });
    return this.#asked('DeletePrompt', signal, async (client) => {
      await client.send(command, { abortSignal: signal });
    });
  }

  /** Closes every connection. */
  close(): void {
    this.#clients.close();
  }

  #list(request: ListPromptsRequest, signal: AbortSignal): Promise<readonly PromptSummary[]> {
    return this.#asked('ListPrompts', signal, async (client) => {
      const summaries: PromptSummary[] = [];
      for await (const page of paginateListPrompts({ client, pageSize: PAGE_SIZE }, request, { abortSignal: signal })) {
        summaries.push(...(page.promptSummaries ?? []).map(summaryOf));
      }
      return summaries;
    });
  }

  async #asked<T>(
    operation: PromptOperation,
    signal: AbortSignal,
    ask: (client: BedrockAgentClient) => Promise<T>,
  ): Promise<T> {
    try {
      return await ask(this.#clients.of(this.#ownRegion));
    } catch (error) {
      throw promptRefusal(operation, error, signal);
    }
  }
}

/** As many as one may ask for, so that few calls list them all. */
const PAGE_SIZE = 1_000;
