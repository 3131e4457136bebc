/** The call of a port at which it breaks off. */
export interface Fault {
  readonly call: number;
  /** Whether the call has taken effect by then. */
  readonly when: 'before' | 'after';
}

/** Counts the calls of ports, and breaks one of them. */
export class Faults {
  /** Such as `versions.move`, in their order. */
  readonly calls: string[] = [];
  #fault: Fault | undefined;

  /** Counts from 0 again, and breaks the call of that number; undefined: none. */
  arm(fault: Fault | undefined): void {
    this.calls.length = 0;
    this.#fault = fault;
  }

  /** The same port, each of whose methods may break. */
  through<Port extends object>(name: string, port: Port): Port {
    return new Proxy(port, {
      get: (target, property) => {
        const value: unknown = Reflect.get(target, property);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]) => {
          const number = this.calls.push(`${name}.${String(property)}`) - 1;
          const when = this.#fault?.call === number ? this.#fault.when : undefined;
          if (when === 'before') throw new Error('broken off');
          const result: unknown = await value.apply(target, args);
          if (when === 'after') throw new Error('broken off');
          return result;
        };
      },
    });
  }
}
