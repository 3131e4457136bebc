import {
  BedrockAgentClient,
  GetPromptCommand,
  type PromptSummary,
  paginateListPrompts,
} from '@aws-sdk/client-bedrock-agent';
import { GatewayError } from '@genai-gateway/core';
import { type Prompt, type PromptListing, type PromptSource, promptOf, withoutVersion } from '@genai-gateway/prompts';
import { managedPromptOf } from './bedrock-agent-prompt-answer.ts';
import { RegionClients, type RegionClientsOptions } from './region-clients.ts';

export interface BedrockAgentPromptsOptions extends RegionClientsOptions {
  /** Whose prompts are listed by name. */
  readonly ownRegion: string;
}

/** As many as one may ask for, so that few calls list them all. */
const PAGE_SIZE = 1_000;

/**
 * `PromptSource` over Bedrock's Prompt management, by the AWS SDK. The gateway's role needs `bedrock:GetPrompt` and, for
 * prompts that are called by their names, `bedrock:ListPrompts`; for prompts that are encrypted with a key of the
 * customer's, `kms:Decrypt` too.
 */
export class BedrockAgentPrompts implements PromptSource {
  readonly #ownRegion: string;
  readonly #clients: RegionClients<BedrockAgentClient>;

  constructor({ ownRegion, ...options }: BedrockAgentPromptsOptions) {
    this.#ownRegion = ownRegion;
    this.#clients = new RegionClients(options, (config) => new BedrockAgentClient(config));
  }

  async get(
    { arn, region, version }: { readonly arn: string; readonly region: string; readonly version: string },
    signal: AbortSignal,
  ): Promise<Prompt> {
    const command = new GetPromptCommand({
      promptIdentifier: identifierOf(arn),
      ...(version === 'DRAFT' ? {} : { promptVersion: version }),
    });
    const answer = await this.#clients
      .of(region)
      .send(command, { abortSignal: signal })
      .catch((error: unknown) => {
        throw refusal(error, `bedrock:GetPrompt of ${arn}, version ${version}`, signal);
      });
    // By an id alone the prompt of another account would be answered with one of this account.
    if (withoutVersion(answer.arn ?? '') !== arn) throw notFound(new Error(`${arn} was answered by ${answer.arn}.`));
    return promptOf(managedPromptOf(answer));
  }

  async list(signal: AbortSignal): Promise<readonly PromptListing[]> {
    const ownRegion = this.#ownRegion;
    const prompts: PromptSummary[] = [];
    try {
      const pages = paginateListPrompts(
        { client: this.#clients.of(ownRegion), pageSize: PAGE_SIZE },
        {},
        { abortSignal: signal },
      );
      for await (const { promptSummaries } of pages) prompts.push(...(promptSummaries ?? []));
    } catch (error) {
      throw refusal(error, `bedrock:ListPrompts in ${ownRegion}`, signal);
    }
    return prompts.flatMap(({ name, arn }) =>
      name === undefined || arn === undefined ? [] : { name, arn: withoutVersion(arn) },
    );
  }

  /** Closes every connection. */
  close(): void {
    this.#clients.close();
  }
}

/**
 * The pattern of GetPrompt's identifier knows ARNs of the partition `aws` only; an id serves in all of them.
 * Source: botocore 1.43.126, bedrock-agent/2023-06-05, `PromptIdentifier` (read 2026-11-23).
 */
function identifierOf(arn: string): string {
  return arn.startsWith('arn:aws:') ? arn : arn.slice(arn.lastIndexOf('/') + 1);
}

/** `what`: the permission that is needed, and for what; only operators see it. */
function refusal(error: unknown, what: string, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (!(error instanceof Error)) return unavailable(error);
  if (error.name === 'ResourceNotFoundException' || error.name === 'ValidationException') return notFound(error);
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  if ($metadata?.httpStatusCode !== 403) return unavailable(error);
  return unavailable(new Error(`The gateway's role is not allowed ${what}: ${error.message}`, { cause: error }));
}

/** The caller's own words for the prompt are known to the prompt book, which says them. */
function notFound(cause: Error): GatewayError {
  return new GatewayError('prompt-not-found', 'Bedrock knows no such managed prompt.', { cause });
}

function unavailable(cause: unknown): GatewayError {
  return new GatewayError('prompts-unavailable', 'Managed prompts cannot be read at the moment. Try again shortly.', {
    cause,
    retryAfterSeconds: 2,
  });
}
