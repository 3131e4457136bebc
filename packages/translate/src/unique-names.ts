/** Gives every name once: one that is taken already is given in another form. */
export class UniqueNames {
  readonly #taken = new Set<string>();
  /** By the form of round 2, which long names of one beginning share: the round to go on with, so that no round is tried twice. */
  readonly #rounds = new Map<string, number>();
  readonly #form: (name: string, round: number) => string;

  /** `form` gives the name itself in round 1, in the form that is wanted, and another one in each later round. */
  constructor(form: (name: string, round: number) => string) {
    this.#form = form;
  }

  take(name: string): string {
    const own = this.#form(name, 1);
    return this.#taken.has(own) ? this.#another(name) : this.#give(own);
  }

  #another(name: string): string {
    const second = this.#form(name, 2);
    let round = this.#rounds.get(second) ?? 2;
    let given = this.#form(name, round);
    while (this.#taken.has(given)) given = this.#form(name, ++round);
    this.#rounds.set(second, round + 1);
    return this.#give(given);
  }

  #give(name: string): string {
    this.#taken.add(name);
    return name;
  }
}
