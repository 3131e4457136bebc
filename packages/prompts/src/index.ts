export type { ChosenVariant, VariantWish } from './choose-variant.ts';
export { chooseVariant } from './choose-variant.ts';
export type { Prompt, PromptTemplate, PromptVariant, RenderedPrompt } from './prompt.ts';
export { parsePromptName, promptNames, shownPromptName } from './prompt-name.ts';
export type { PromptListing, PromptName, PromptSource } from './prompt-source.ts';
export { modelOfVariant, renderPrompt } from './render.ts';
export { parsePromptVariables } from './variables.ts';
