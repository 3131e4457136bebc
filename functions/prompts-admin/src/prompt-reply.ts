import { GatewayError } from '@genai-gateway/core';
import { type FunctionReply, maxBodyBytes } from '@genai-gateway/lambda';
import { etagOf, type ManagedPrompt, type PromptContent, shownPrompt } from '@genai-gateway/prompts';

/** The answer of a change that was made, however large the prompt is: one that does not come through is without `variants`. */
export function writtenReply(prompt: ManagedPrompt, status: number): FunctionReply {
  const body = shownPrompt(prompt);
  const { variants: _variants, ...head } = body;
  return { status, headers: headersOf(prompt), body: fits(body) ? body : head };
}

/** An answer with a prompt and those of its variants that the caller may see. Throws `answer-too-large`. */
export function promptReply(prompt: ManagedPrompt, variants: PromptContent['variants']): FunctionReply {
  const body = shownPrompt(prompt, variants);
  if (variants.length > 1 && !fits(body)) {
    throw new GatewayError(
      'answer-too-large',
      `The prompt is larger than the 700 KB that come through at once. Read its variants one by one: ?variant=${variants[0]?.name}.`,
    );
  }
  return { status: 200, headers: headersOf(prompt), body };
}

function headersOf({ content }: ManagedPrompt): Record<string, string> {
  return { etag: `"${etagOf(content)}"` };
}

function fits(body: object): boolean {
  return Buffer.byteLength(JSON.stringify(body)) <= maxBodyBytes;
}
