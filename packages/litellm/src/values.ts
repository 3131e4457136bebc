/** A JSON or YAML object; undefined for anything else. */
export function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

/** A `jsonb` value that should be an object; LiteLLM has written some of them as JSON text. */
export function jsonObject(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'string') {
    try {
      return asObject(JSON.parse(value)) ?? {};
    } catch {
      return {};
    }
  }
  return asObject(value) ?? {};
}

/** The strings of a list; anything else in it is left out. */
export function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

/** The entries of an object whose values are strings. */
export function stringMap(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(jsonObject(value)).flatMap(([name, target]) => (typeof target === 'string' ? [[name, target]] : [])),
  );
}

/** Text that is not empty; undefined for anything else. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** True for anything an administrator wrote, 0 and false included. */
export function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** True when there is something in it at any depth: `{}`, `[]`, `''` and `{ a: null }` hold nothing. */
export function isFilled(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false;
  if (typeof value !== 'object') return true;
  return Object.values(value).some(isFilled);
}

/** True for an amount of money that limits: 0 does, NaN and infinity do not. */
export function isAmount(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() !== '' && Number.isFinite(Number(value));
  return typeof value === 'number' && Number.isFinite(value);
}

/** True unless the value says no: LiteLLM reads flags by their truth. */
export function isOn(value: unknown): boolean {
  if (typeof value === 'string') return !['', 'false', '0', 'no', 'off'].includes(value.trim().toLowerCase());
  return Boolean(value);
}
