/** Where two JSON values differ first, and how; undefined when they are the same. The order of keys does not count. */
export function firstDifference(actual: unknown, expected: unknown, place = ''): string | undefined {
  const at = place === '' ? 'the value' : place;
  if (Array.isArray(actual) && Array.isArray(expected)) {
    for (let index = 0; index < Math.max(actual.length, expected.length); index += 1) {
      if (index >= expected.length) return `${at} has ${actual.length} items, not ${expected.length}`;
      if (index >= actual.length) return `${at} has ${actual.length} items, not ${expected.length}`;
      const found = firstDifference(actual[index], expected[index], within(place, index));
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (isObject(actual) && isObject(expected)) {
    for (const name of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      if (!Object.hasOwn(actual, name)) return `${within(place, name)} is missing, should be ${shown(expected[name])}`;
      if (!Object.hasOwn(expected, name)) return `${within(place, name)} should not be there: ${shown(actual[name])}`;
      const found = firstDifference(actual[name], expected[name], within(place, name));
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return Object.is(actual, expected) ? undefined : `${at} is ${shown(actual)}, should be ${shown(expected)}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function within(place: string, name: string | number): string {
  return place === '' ? String(name) : `${place}.${name}`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
