import { GatewayError } from '@genai-gateway/core';
import type { ConverseContentBlock, ConverseMessage, ConverseSystemBlock } from '@genai-gateway/protocol';
import type { Prompt, PromptTemplate, PromptVariant, RenderedPrompt } from './prompt.ts';
import { fillPlaceholders, placeholdersOf } from './variables.ts';

type Variables = Readonly<Record<string, string>>;

/** The field of a call that brings the variables, in every API. */
const PARAM = 'promptVariables';

/**
 * A variant with its variables filled in. Places for them are in the texts of the messages and of the system prompt;
 * the names, descriptions and schemas of tools are data and stay as they are. The variables must be those of the texts
 * exactly, except that one may be sent which only another variant of the prompt has, or which the author has declared:
 * whoever is given a variant by weight cannot know which. Throws `invalid-request`, which names the missing and the
 * extra ones, and says why when the variant is made for something that the gateway does not run. `param`: the field that
 * brings the variables.
 */
export function renderPrompt(
  prompt: Prompt,
  variant: PromptVariant,
  variables: Variables,
  param = PARAM,
): RenderedPrompt {
  const { template, inferenceConfig, additionalModelRequestFields } = variant;
  if (template.kind === 'unusable') {
    throw new GatewayError(
      'invalid-request',
      `The variant '${variant.name}' of this prompt cannot be used: ${template.because}. Ask for another variant by its name.`,
      { param: 'model' },
    );
  }
  checkVariables(prompt, template, variables, param);
  const parameters = { inferenceConfig, additionalModelRequestFields };
  if (template.kind === 'text') {
    const text = { text: fillPlaceholders(template.text, variables) };
    const content: ConverseContentBlock[] = template.cachePoint ? [text, { cachePoint: { type: 'default' } }] : [text];
    return { system: [], messages: [{ role: 'user', content }], toolConfig: undefined, ...parameters };
  }
  return {
    system: template.system.map((block) => filledBlock(block, variables)),
    messages: template.messages.map((message) => filledMessage(message, variables)),
    toolConfig: template.toolConfig,
    ...parameters,
  };
}

/** The model that a variant is made for. Throws `invalid-request` when its author has named none. */
export function modelOfVariant({ name, model }: PromptVariant): string {
  if (model !== undefined) return model;
  throw new GatewayError(
    'invalid-request',
    `The variant '${name}' of this prompt names no model. Give it one in Bedrock's Prompt management, or ask for another variant by its name.`,
    { param: 'model' },
  );
}

function checkVariables(prompt: Prompt, template: PromptTemplate, variables: Variables, param: string): void {
  const wanted = placeholdersOf(textsOf(template));
  const missing = [...wanted].filter((name) => !Object.hasOwn(variables, name)).sort();
  const unasked = Object.keys(variables).filter((name) => !wanted.has(name));
  const others = unasked.length === 0 ? wanted : variablesOf(prompt);
  const extra = unasked.filter((name) => !others.has(name)).sort();
  if (missing.length === 0 && extra.length === 0) return;
  const parts = [
    ...(missing.length === 0 ? [] : [`missing: ${listed(missing)}`]),
    ...(extra.length === 0 ? [] : [`not in the prompt: ${listed(extra)}`]),
  ];
  throw new GatewayError(
    'invalid-request',
    `The variables in '${param}' must be those of the prompt (${parts.join('; ')}).`,
    { param },
  );
}

/** Of all its variants: what their texts hold, and what their author has declared. */
function variablesOf(prompt: Prompt): ReadonlySet<string> {
  const declared = prompt.variants.flatMap(({ template }) => (template.kind === 'unusable' ? [] : template.variables));
  return new Set([...declared, ...placeholdersOf(prompt.variants.flatMap(({ template }) => textsOf(template)))]);
}

function textsOf(template: PromptTemplate): readonly string[] {
  if (template.kind === 'unusable') return [];
  if (template.kind === 'text') return [template.text];
  const blocks = [...template.system, ...template.messages.flatMap(({ content }) => content)];
  return blocks.flatMap((block) => ('text' in block ? block.text : []));
}

function filledMessage({ role, content }: ConverseMessage, variables: Variables): ConverseMessage {
  return { role, content: content.map((block) => filledBlock(block, variables)) };
}

function filledBlock<Block extends ConverseContentBlock | ConverseSystemBlock>(
  block: Block,
  variables: Variables,
): Block {
  return 'text' in block ? { ...block, text: fillPlaceholders(block.text, variables) } : block;
}

/** Names that the caller made up may be of any length and number. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, 20).map((name) => `'${name.slice(0, 200)}'`);
  return names.length > shown.length ? `${shown.join(', ')} and ${names.length - shown.length} more` : shown.join(', ');
}
