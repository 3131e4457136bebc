/** The value at a path of keys and indexes, or undefined where the way ends. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = (here as Record<string | number, unknown>)[step];
  }
  return here;
}

/** The text at a path; undefined where there is none. */
export function text(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

/** The number at a path, also where a template writes it as text. */
export function number(value: unknown, ...path: readonly (string | number)[]): number | undefined {
  const found = at(value, ...path);
  if (typeof found === 'number') return found;
  return typeof found === 'string' && /^\d+(\.\d+)?$/.test(found) ? Number(found) : undefined;
}

/** Whether the value at a path is true, also where a template writes it as text. */
export function flag(value: unknown, ...path: readonly (string | number)[]): boolean {
  const found = at(value, ...path);
  return found === true || found === 'true';
}

/** The list at a path: empty where there is none, and of one where a single value stands for a list. */
export function list(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path);
  if (found === undefined || found === null) return [];
  return Array.isArray(found) ? found : [found];
}

/** The texts of the list at a path. */
export function texts(value: unknown, ...path: readonly (string | number)[]): readonly string[] {
  return list(value, ...path).filter((each) => typeof each === 'string');
}

/** The entries of the object at a path; none where there is no object. */
export function entries(value: unknown, ...path: readonly (string | number)[]): readonly [string, unknown][] {
  const found = at(value, ...path);
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? Object.entries(found) : [];
}

/** Every text within a value, with the path to it. */
export function* everyText(value: unknown, path = ''): Generator<{ readonly path: string; readonly text: string }> {
  if (typeof value === 'string') yield { path, text: value };
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) yield* everyText(inner, path === '' ? key : `${path}.${key}`);
  }
}
