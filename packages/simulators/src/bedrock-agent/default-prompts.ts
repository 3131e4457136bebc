import type { PromptVariant } from '@aws-sdk/client-bedrock-agent';
import type { SimulatedPrompt } from './simulated-prompt.ts';

/**
 * A prompt of each kind, to try things with; documentation names them by these ids and names. The metadata of the third
 * one is what the gateway reads: shares of the calls, and a model of another provider.
 */
export const defaultPrompts: readonly SimulatedPrompt[] = [
  {
    id: 'SUMMARIZE1',
    name: 'summarize',
    description: 'A text with one variable.',
    variants: [summarize('Summarize the text in at most two sentences.')],
    versions: [{ description: 'In one sentence.', variants: [summarize('Summarize the text in one sentence.')] }],
  },
  { id: 'SUPPORT001', name: 'support', ...support(), versions: [support()] },
  { id: 'GREETING01', name: 'greeting', ...greeting(), versions: [greeting()] },
];

function summarize(task: string): PromptVariant {
  return {
    name: 'only',
    templateType: 'TEXT',
    templateConfiguration: { text: { text: `${task}\n\n{{text}}`, inputVariables: [{ name: 'text' }] } },
    modelId: 'amazon.nova-lite-v1:0',
    inferenceConfiguration: { text: { maxTokens: 500, temperature: 0 } },
  };
}

function support() {
  const variant: PromptVariant = {
    name: 'chat',
    templateType: 'CHAT',
    templateConfiguration: {
      chat: {
        system: [{ text: 'You answer customers of {{company}}. Look their orders up before you speak of them.' }],
        messages: [{ role: 'user', content: [{ text: '{{question}}' }] }],
        inputVariables: [{ name: 'company' }, { name: 'question' }],
        toolConfiguration: {
          tools: [
            {
              toolSpec: {
                name: 'find_order',
                description: 'Finds an order by its number.',
                inputSchema: {
                  json: { type: 'object', properties: { number: { type: 'string' } }, required: ['number'] },
                },
              },
            },
          ],
        },
      },
    },
    modelId: 'us.anthropic.claude-haiku-4-5-20251001-v1:0',
    inferenceConfiguration: { text: { maxTokens: 1000 } },
  };
  return { description: 'A chat with a system prompt and a tool.', variants: [variant] };
}

function greeting() {
  const variant = (name: string, text: string, weight: number, model: Partial<PromptVariant>): PromptVariant => ({
    name,
    templateType: 'TEXT',
    templateConfiguration: { text: { text, inputVariables: [{ name: 'name' }] } },
    ...model,
    metadata: [{ key: 'gateway:weight', value: String(weight) }, ...(model.metadata ?? [])],
  });
  return {
    description: 'Three variants with shares, one of another provider.',
    defaultVariant: 'short',
    variants: [
      variant('short', 'Greet {{name}} in five words.', 50, { modelId: 'amazon.nova-lite-v1:0' }),
      variant('warm', 'Greet {{name}} warmly.', 30, { modelId: 'us.anthropic.claude-haiku-4-5-20251001-v1:0' }),
      variant('other', 'Say hello to {{name}}.', 20, { metadata: [{ key: 'gateway:model', value: 'gpt-4o-mini' }] }),
    ],
  };
}
