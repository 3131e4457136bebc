import { createHash } from 'node:crypto';
import { asObject, text } from '../values.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * LiteLLM's id of a deployment, under which it books: the one that is written, else the SHA-256 of its name and
 * parameters as Python prints them. Undefined where YAML does not tell what Python saw, as with fractions (`3e-6` is
 * text for one reader and a number for another), or where a variable is not set here: better none than a wrong one.
 * Source: LiteLLM 1.106.2, router.py (generate_model_id, set_model_list), https://github.com/BerriAI/litellm (read
 * 2026-11-23).
 */
export function deploymentId(
  name: string,
  params: Fields,
  info: Fields,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const declared = info['id'];
  if (declared !== undefined && declared !== null) return text(String(declared));
  const parts = Object.entries(params).map(([option, value]) => {
    const printed = printedParam(value, env);
    return printed === undefined ? undefined : option + printed;
  });
  if (parts.includes(undefined)) return undefined;
  return createHash('sha256')
    .update(name + parts.join(''))
    .digest('hex');
}

function printedParam(value: unknown, env: Readonly<Record<string, string | undefined>>): string | undefined {
  if (typeof value !== 'string') return asObject(value) === undefined ? python(value) : json(value);
  return value.startsWith('os.environ/') ? env[value.slice('os.environ/'.length)] : value;
}

/** `str(value)` of Python. */
function python(value: unknown): string | undefined {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  if (typeof value === 'string') return /^[\x20-\x7e]*$/.test(value) && !/['\\]/.test(value) ? `'${value}'` : undefined;
  if (Array.isArray(value)) return listed(value.map(python), (parts) => `[${parts.join(', ')}]`);
  const entries = Object.entries(value).map(([name, each]) =>
    listed([python(name), python(each)], (two) => two.join(': ')),
  );
  return listed(entries, (parts) => `{${parts.join(', ')}}`);
}

/** `json.dumps(value)` of Python. */
function json(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  if (typeof value === 'string') return JSON.stringify(value).replace(/[^\x20-\x7e]/g, escaped);
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null);
  if (Array.isArray(value)) return listed(value.map(json), (parts) => `[${parts.join(', ')}]`);
  const entries = Object.entries(value).map(([name, each]) =>
    listed([json(name), json(each)], (two) => two.join(': ')),
  );
  return listed(entries, (parts) => `{${parts.join(', ')}}`);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function listed(
  parts: readonly (string | undefined)[],
  joined: (parts: readonly string[]) => string,
): string | undefined {
  const known = parts.filter((part) => part !== undefined);
  return known.length === parts.length ? joined(known) : undefined;
}
