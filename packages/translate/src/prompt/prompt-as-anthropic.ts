import type {
  AnthropicTool,
  AnthropicToolChoice,
  ConverseToolChoice,
  ConverseToolConfig,
} from '@genai-gateway/protocol';
import { cacheControlOf } from '../conversation/cache-control.ts';
import { anthropicMessages } from '../conversation/stored-in-api.ts';
import { systemAsAnthropic } from '../conversation/system.ts';
import { additionalFieldsToOpenai } from '../converse-over-openai/additional-fields.ts';
import { invalidRequest, withoutUndefined } from '../json.ts';
import { isBlank } from '../openai-over-converse/content.ts';
import { given, type OpenBody, type PromptForLitellmContext } from './prompt-as-openai.ts';
import type { PromptParts } from './prompt-parts.ts';

/**
 * The body of Anthropic's Messages API with what a prompt says, as `withPromptOpenai` does it for chat completions.
 * Throws `invalid-request` for a further field of the prompt that this API has no place for.
 */
export function withPromptAnthropic(body: OpenBody, prompt: PromptParts, { model }: PromptForLitellmContext): OpenBody {
  const { maxTokens, temperature, topP, stopSequences } = prompt.inferenceConfig ?? {};
  const promptSystem = systemAsAnthropic(prompt.system);
  const messages: readonly unknown[] = Array.isArray(body['messages']) ? body['messages'] : [];
  const tools = prompt.toolConfig === undefined ? undefined : toolsToAnthropic(prompt.toolConfig);
  const offersTools = Array.isArray(body['tools']) && body['tools'].length > 0;
  const prompts = anthropicMessages(prompt.messages.map((message) => ({ api: 'converse', message })));
  return {
    ...withoutUndefined({ max_tokens: maxTokens, temperature, top_p: topP, stop_sequences: stopSequences }),
    ...furtherFields(prompt),
    ...(offersTools ? {} : withoutUndefined({ tool_choice: choiceToAnthropic(prompt.toolConfig?.toolChoice) })),
    ...given(body),
    ...(offersTools || tools === undefined ? {} : { tools }),
    ...(promptSystem === undefined ? {} : { system: [...promptSystem, ...systemBlocks(body['system'])] }),
    model,
    messages: [...prompts, ...messages],
  };
}

function systemBlocks(system: unknown): readonly unknown[] {
  if (typeof system === 'string') return isBlank(system) ? [] : [{ type: 'text', text: system }];
  return Array.isArray(system) ? system : [];
}

function furtherFields({ additionalModelRequestFields }: PromptParts): OpenBody {
  const { top_k, thinking, ...others } = additionalFieldsToOpenai(additionalModelRequestFields);
  const [stranger] = Object.keys(others);
  if (stranger !== undefined) {
    throw invalidRequest(
      `The managed prompt sets \`${stranger}\`, which the Messages API has no place for. Call it by another API, or leave the field out of the prompt.`,
      `additionalModelRequestFields.${stranger}`,
    );
  }
  return withoutUndefined({ top_k, thinking });
}

function toolsToAnthropic({ tools }: ConverseToolConfig): readonly AnthropicTool[] {
  const all: AnthropicTool[] = [];
  for (const tool of tools) {
    const last = all.at(-1);
    if ('toolSpec' in tool) {
      const { name, description, inputSchema, strict } = tool.toolSpec;
      all.push(withoutUndefined({ name, description, input_schema: inputSchema.json, strict }));
    } else if ('cachePoint' in tool && last !== undefined)
      all[all.length - 1] = { ...last, cache_control: cacheControlOf(tool.cachePoint) };
  }
  return all;
}

function choiceToAnthropic(choice: ConverseToolChoice | undefined): AnthropicToolChoice | undefined {
  if (choice === undefined) return undefined;
  if ('tool' in choice) return { type: 'tool', name: choice.tool.name };
  return { type: 'any' in choice ? 'any' : 'auto' };
}
