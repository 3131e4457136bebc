export { promptOf, withoutVersion } from './bedrock-prompt.ts';
export type { ChosenVariant, VariantWish } from './choose-variant.ts';
export { chooseByWeight, chooseVariant } from './choose-variant.ts';
export { MemoryLocks } from './memory-locks.ts';
export { MemoryPromptAdmin } from './memory-prompt-admin.ts';
export { MemoryPrompts } from './memory-prompts.ts';
export type { Prompt, PromptTemplate, PromptVariant, RenderedPrompt } from './prompt.ts';
export type {
  CreateOptions,
  ManagedPrompt,
  PromptAdmin,
  PromptContent,
  PromptSummary,
  PublishOptions,
} from './prompt-admin.ts';
export type { NamedLocks, PromptAdministrationOptions, PromptChange, PromptChanges } from './prompt-administration.ts';
export { PromptAdministration } from './prompt-administration.ts';
export type { NewPrompt } from './prompt-body.ts';
export { parseNewPrompt, parsePatch, parseReplacement, shownPrompt, shownSummary } from './prompt-body.ts';
export type { PromptBookOptions } from './prompt-book.ts';
export { PromptBook } from './prompt-book.ts';
export { etagOf } from './prompt-etag.ts';
export type { Fields } from './prompt-fields.ts';
export { fieldsIn } from './prompt-fields.ts';
export { parsePromptName, promptNames, shownPromptName } from './prompt-name.ts';
export type { PromptQuery } from './prompt-query.ts';
export { checkNames, parsePromptQuery, parseVersion } from './prompt-query.ts';
export type { MayRead, PromptPage } from './prompt-reading.ts';
export { noSuchPrompt, PromptReading } from './prompt-reading.ts';
export type { PromptListing, PromptName, PromptSource } from './prompt-source.ts';
export { modelOfVariant, renderPrompt } from './render.ts';
export { parsePromptVariables } from './variables.ts';
export { shownContent, shownMessage } from './variant-words.ts';
