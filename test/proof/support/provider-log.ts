import type { BedrockSimulator, LoggedRequest } from '@genai-gateway/simulators';

/** What the provider knows of every call, however many there were: the simulator itself forgets all but the last few hundred. */
export class ProviderLog {
  readonly #requests = new Map<string, LoggedRequest>();
  readonly #bedrock: BedrockSimulator;
  readonly #timer: NodeJS.Timeout;

  constructor(bedrock: BedrockSimulator) {
    this.#bedrock = bedrock;
    this.#timer = setInterval(() => this.#read(), 200);
  }

  #read(): void {
    for (const request of this.#bedrock.requests()) this.#requests.set(request.id, request);
  }

  /** Reads for the last time. Gives the requests by the word in their prompts: several where one was sent again. */
  end(wordOf: (bodyText: string) => string | undefined): ReadonlyMap<string, readonly LoggedRequest[]> {
    clearInterval(this.#timer);
    this.#read();
    const found = new Map<string, LoggedRequest[]>();
    for (const request of this.#requests.values()) {
      const word = wordOf(request.bodyText);
      if (word === undefined) continue;
      found.set(word, [...(found.get(word) ?? []), request]);
    }
    return found;
  }
}
