export type { Prompt, PromptTemplate, PromptVariant, RenderedPrompt } from './prompt.ts';
export type { PromptListing, PromptName, PromptSource } from './prompt-source.ts';
