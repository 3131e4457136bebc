/** Gives every name once: one that is taken already is given in another form. */
export class UniqueNames {
  readonly #taken = new Set<string>();
  /** By the name that was asked for: the round to go on with, so that a thousand equal ones cost a thousand steps. */
  readonly #rounds = new Map<string, number>();
  readonly #form: (name: string, round: number) => string;

  /** `form` gives the name itself in round 1, in the form that is wanted, and another one in each later round. */
  constructor(form: (name: string, round: number) => string) {
    this.#form = form;
  }

  take(name: string): string {
    let round = this.#rounds.get(name) ?? 1;
    let given = this.#form(name, round);
    while (this.#taken.has(given)) given = this.#form(name, ++round);
    this.#rounds.set(name, round + 1);
    this.#taken.add(given);
    return given;
  }
}
