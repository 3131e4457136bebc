import { GatewayError } from '@genai-gateway/core';

/**
 * A place for a value: `{{name}}`. Blanks inside the braces are allowed, and such a place is filled too: the gateway's
 * predecessor asked for the variable of `{{ name }}` and then left the place as it was, which no author means. Bedrock's
 * documentation knows only the form without blanks; its names are letters, digits, `_` and `-`.
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-management-create.html and the pattern of
 * `PromptInputVariableName` in @aws-sdk/client-bedrock-agent 3.1138.0 (read 2026-11-23).
 */
const PLACEHOLDER = /\{\{[ \t]*([\w-]{1,200})[ \t]*\}\}/g;

/**
 * The values that a caller sends for a prompt's variables: `{"name": {"text": "Ada"}}` as Bedrock has it, or shorter
 * `{"name": "Ada"}`. Nothing and `null` are none. The object that comes back inherits nothing. Throws `invalid-request`
 * for anything else; `param` is the field's name in the caller's API.
 */
export function parsePromptVariables(value: unknown, param: string): Readonly<Record<string, string>> {
  const variables: Record<string, string> = Object.create(null);
  if (value === undefined || value === null) return variables;
  if (typeof value !== 'object' || Array.isArray(value)) throw wrongShape(param, param);
  for (const [name, each] of Object.entries(value)) {
    const text: unknown = typeof each === 'object' && each !== null && 'text' in each ? each.text : each;
    if (typeof text !== 'string') throw wrongShape(param, `${param}.${name.slice(0, 200)}`);
    variables[name] = text;
  }
  return variables;
}

/** The names of the places in texts, each once. */
export function placeholdersOf(texts: Iterable<string>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const text of texts) {
    for (const [, name] of text.matchAll(PLACEHOLDER)) if (name !== undefined) names.add(name);
  }
  return names;
}

/** The text with its places filled, in one pass: what a value brings is text and never a place. */
export function fillPlaceholders(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(
    PLACEHOLDER,
    (place, name: string) => (Object.hasOwn(variables, name) ? variables[name] : undefined) ?? place,
  );
}

function wrongShape(param: string, at: string): GatewayError {
  return new GatewayError(
    'invalid-request',
    `'${param}' must be an object that gives each variable of the prompt its text: {"name": {"text": "…"}}.`,
    { param: at },
  );
}
