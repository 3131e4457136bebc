/** Our own keys in LiteLLM's Redis, below the namespace that LiteLLM has there, if it has one. */
export class CounterNames {
  /** What stands in front of every key, LiteLLM's too. */
  readonly prefix: string;

  constructor(namespace: string | undefined) {
    this.prefix = namespace === undefined ? '' : `${namespace}:`;
  }

  /** The set of all holders whose journal may hold something. */
  get holders(): string {
    return `${this.prefix}genai-gateway:holders`;
  }

  /** There as long as the holder is heard of. */
  lease(holder: string): string {
    return `${this.prefix}genai-gateway:lease:${holder}`;
  }

  /** What the holder has open, and what it settled that is not known to be booked. */
  journal(holder: string): string {
    return `${this.prefix}genai-gateway:journal:${holder}`;
  }

  /** There when another replica took over the holder's journal. */
  adopted(holder: string): string {
    return `${this.prefix}genai-gateway:adopted:${holder}`;
  }
}
