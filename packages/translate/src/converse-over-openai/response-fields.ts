import type { JsonObject, JsonValue } from '@genai-gateway/protocol';
import { isRecord } from '../json.ts';

/**
 * What a caller asked for by `additionalModelResponseFieldPaths`, JSON pointers into the answer of the model's own API. Here
 * that is a completion of OpenAI: looked into are, one after the other, `sources`, the innermost first, so that
 * `/stop_reason` finds what a provider says of its choice. The result nests as the pointer does. Undefined: nothing is there,
 * which Bedrock leaves out too.
 */
export function responseFields(paths: readonly string[], sources: readonly unknown[]): JsonObject | undefined {
  const found: Branch = new Map();
  for (const path of paths) {
    const names = path
      .slice(1)
      .split('/')
      .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
    for (const source of sources) {
      const value = names.reduce(fieldOf, source);
      if (value === undefined || value === null) continue;
      put(found, names, value as JsonValue);
      break;
    }
  }
  return found.size === 0 ? undefined : asObject(found);
}

type Branch = Map<string, Branch | { readonly value: JsonValue }>;

function fieldOf(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return /^\d{1,6}$/.test(name) ? (value[Number(name)] as unknown) : undefined;
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function put(branch: Branch, names: readonly string[], value: JsonValue): void {
  const [name = '', ...rest] = names;
  if (rest.length === 0) {
    branch.set(name, { value });
    return;
  }
  const known = branch.get(name);
  const inner: Branch = known instanceof Map ? known : new Map();
  branch.set(name, inner);
  put(inner, rest, value);
}

function asObject(branch: Branch): JsonObject {
  return Object.fromEntries([...branch].map(([name, it]) => [name, it instanceof Map ? asObject(it) : it.value]));
}
