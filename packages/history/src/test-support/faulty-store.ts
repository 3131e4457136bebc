/**
 * A port whose calls fail as `decide` says: it is asked before each one, and throws to let it fail; `after` is asked when a
 * call was done, for answers that are lost.
 */
export function faulty<Port extends object>(
  port: Port,
  { before, after }: { readonly before: (method: string) => void; readonly after?: (method: string) => void },
): Port {
  return new Proxy(port, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return async (...args: readonly unknown[]) => {
        before(String(name));
        const result: unknown = await Reflect.apply(value, target, args);
        after?.(String(name));
        return result;
      };
    },
  });
}
