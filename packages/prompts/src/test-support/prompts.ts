import type { Prompt, PromptTemplate, PromptVariant } from '../prompt.ts';

/** A variant with a template of text, changed as said. */
export function variant(name: string, text: string, change: Partial<PromptVariant> = {}): PromptVariant {
  return {
    name,
    model: 'amazon.nova-lite-v1:0',
    isRedirected: false,
    template: { kind: 'text', text, cachePoint: false, variables: [] },
    inferenceConfig: undefined,
    additionalModelRequestFields: undefined,
    weight: undefined,
    ...change,
  };
}

/** A template of a chat, changed as said. */
export function chat(change: Partial<Extract<PromptTemplate, { kind: 'chat' }>> = {}): PromptTemplate {
  return { kind: 'chat', system: [], messages: [], toolConfig: undefined, variables: [], ...change };
}

/** The first version of a prompt, changed as said. */
export function prompt(change: Partial<Prompt> = {}): Prompt {
  const promptId = change.promptId ?? 'ABCDEFGHIJ';
  return {
    arn: `arn:aws:bedrock:us-east-1:123456789012:prompt/${promptId}`,
    promptId,
    name: 'greeting',
    version: '1',
    defaultVariant: undefined,
    variants: [variant('a', 'Hello, {{name}}!')],
    ...change,
  };
}
