import type { ConverseRequest, LitellmChatRequest } from '@genai-gateway/protocol';
import { withEarlierMessages } from '../conversation/earlier-messages.ts';
import { converseRequestToOpenai } from '../converse-over-openai/converse-request-to-openai.ts';
import { withoutUndefined } from '../json.ts';
import type { PromptParts } from './prompt-parts.ts';

/** A request as LiteLLM takes it; fields that the gateway does not know stay as they are. */
export type OpenBody = Readonly<Record<string, unknown>>;

export interface PromptForLitellmContext {
  /** The model behind the prompt, by the name that LiteLLM has for it. */
  readonly model: string;
}

/**
 * A prompt as the body of a chat completion of LiteLLM.
 * Throws `invalid-request` for what the prompt says and only Bedrock can be told, with `param` in the words of Converse.
 */
export function promptAsOpenai(prompt: PromptParts, { model }: PromptForLitellmContext): LitellmChatRequest {
  const request: ConverseRequest = withoutUndefined({
    system: prompt.system,
    messages: prompt.messages,
    toolConfig: prompt.toolConfig,
    inferenceConfig: prompt.inferenceConfig,
    additionalModelRequestFields: prompt.additionalModelRequestFields,
  });
  return converseRequestToOpenai(request, { model, stream: false }).request;
}

/**
 * The body of a chat completion with what a prompt says: its messages in front of the body's, its tools where the
 * body offers none, its parameters where the body has none of that name. System messages of both come first, the prompt's
 * before the caller's. Throws as `promptAsOpenai` does.
 */
export function withPromptOpenai(body: OpenBody, prompt: PromptParts, context: PromptForLitellmContext): OpenBody {
  const { messages, tools, tool_choice, max_tokens, ...parameters } = promptAsOpenai(prompt, context);
  const own: readonly unknown[] = Array.isArray(body['messages']) ? body['messages'] : [];
  const [first, ...others] = messages;
  const system = first?.role === 'system' ? [first] : [];
  const has = (name: string): boolean => (body[name] ?? undefined) !== undefined;
  const offersTools = Array.isArray(body['tools']) && body['tools'].length > 0;
  return {
    ...parameters,
    ...(max_tokens === undefined || has('max_completion_tokens') ? {} : { max_tokens }),
    ...(offersTools ? {} : withoutUndefined({ tools, tool_choice })),
    ...given(body),
    ...(offersTools || tools === undefined ? {} : { tools }),
    model: context.model,
    messages: withEarlierMessages<unknown>([...system, ...own], system.length > 0 ? others : messages),
  };
}

/** The fields that are given: OpenAI and its like take null for "not given". */
export function given(body: OpenBody): OpenBody {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null && value !== undefined));
}
