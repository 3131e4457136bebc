/** What was proved, line by line. */
export class Report {
  readonly #failed: string[] = [];
  readonly #complaints: () => readonly string[];
  #proved = 0;

  /** `complaints` gives what the processes under proof have complained of since it was last asked. */
  constructor(complaints: () => readonly string[]) {
    this.#complaints = complaints;
  }

  /** Runs one proof, and says how it went: its figures, or what does not hold. Never throws. */
  async prove(name: string, proof: () => Promise<string>): Promise<void> {
    this.#complaints();
    const begun = performance.now();
    const seconds = () => `${((performance.now() - begun) / 1000).toFixed(1)} s`;
    try {
      const figures = await proof();
      this.#proved += 1;
      say(`ok    ${name}: ${figures} (${seconds()})`);
    } catch (error) {
      this.#failed.push(name);
      const isBroken = error instanceof Error && !(error instanceof NotProved);
      say(`FAIL  ${name}: ${isBroken ? error.stack : String(error)} (${seconds()})`);
      for (const line of this.#complaints().slice(0, 2)) say(`      ${line.slice(0, 1_000)}`);
    }
  }

  /** The last line; gives the exit code. */
  end(): number {
    if (this.#failed.length === 0) say(`proof: all ${this.#proved} hold`);
    else
      say(
        `proof: ${this.#failed.length} of ${this.#proved + this.#failed.length} do not hold: ${this.#failed.join('; ')}`,
      );
    return this.#failed.length === 0 && this.#proved > 0 ? 0 : 1;
  }
}

/** Something that was to be proved does not hold. */
class NotProved extends Error {
  override toString(): string {
    return this.message;
  }
}

/** Fails the proof with this text unless it holds. */
export function must(holds: boolean, text: string): asserts holds {
  if (!holds) throw new NotProved(text);
}

/** One line for whoever runs the proof. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
