import type {
  GetPromptResponse,
  PromptSummary as SummaryAnswer,
  UpdatePromptRequest,
} from '@aws-sdk/client-bedrock-agent';
import { GatewayError } from '@genai-gateway/core';
import { type ManagedPrompt, type PromptContent, type PromptSummary, withoutVersion } from '@genai-gateway/prompts';

/**
 * A prompt as GetPrompt answers it, and all that write one. Throws `prompts-unavailable` for an answer that is no prompt.
 * Source: @aws-sdk/client-bedrock-agent 3.1138.0, GetPromptResponse (read 2026-11-23).
 */
export function managedPromptOf(answer: Partial<GetPromptResponse>): ManagedPrompt {
  const { description, defaultVariant, customerEncryptionKeyArn, variants = [] } = answer;
  const { name, description: _description, ...rest } = summaryOf(answer);
  return {
    ...rest,
    content: {
      name,
      description,
      defaultVariant,
      kmsKeyArn: customerEncryptionKeyArn,
      // As it stood in the answer: without the members that the SDK adds as undefined.
      variants: JSON.parse(JSON.stringify(variants)) as PromptContent['variants'],
    },
  };
}

/** A prompt in a list. Throws as `managedPromptOf`. */
export function summaryOf(answer: Partial<SummaryAnswer>): PromptSummary {
  const { arn, id, name, version, description, createdAt, updatedAt } = answer;
  if (arn === undefined || id === undefined || name === undefined || version === undefined) {
    throw new GatewayError('prompts-unavailable', 'Managed prompts cannot be read at the moment. Try again shortly.', {
      cause: new Error(`Bedrock answered with a prompt without one of arn, id, name, version: ${arn}, ${id}.`),
    });
  }
  return {
    arn: withoutVersion(arn),
    promptId: id,
    version,
    name,
    description,
    createdAtMs: createdAt?.getTime() ?? 0,
    updatedAtMs: updatedAt?.getTime() ?? 0,
  };
}

/** What a prompt says, as CreatePrompt and UpdatePrompt take it. */
export function writtenContent(content: PromptContent): Omit<UpdatePromptRequest, 'promptIdentifier'> {
  const { name, description, defaultVariant, kmsKeyArn, variants } = content;
  return {
    name,
    description,
    defaultVariant,
    customerEncryptionKeyArn: kmsKeyArn,
    // The same fields; the SDK's types are of lists that may be changed.
    variants: variants as unknown as NonNullable<UpdatePromptRequest['variants']>,
  };
}
