/** What was answered so far, by variable; without the ones that are unset. */
export type Answers = ReadonlyMap<string, string>;

/** What was picked so far, by the name of the choice. */
export type Picks = ReadonlyMap<string, string>;

/** Asks for one variable. Where it is not asked, the variable is unset. */
export interface Question {
  readonly kind: 'question';
  readonly name: string;
  readonly asks: string;
  readonly when: (picks: Picks, answers: Answers) => boolean;
  /** What is taken for an empty answer where nothing was set before; undefined: nothing. */
  readonly recommended: string | undefined;
  readonly isRequired: boolean;
}

/** Asks which of a few. */
export interface Choice {
  readonly kind: 'choice';
  readonly name: string;
  readonly asks: string;
  readonly when: (picks: Picks, answers: Answers) => boolean;
  /** The first one is recommended. */
  readonly options: readonly [Option, ...Option[]];
}

export interface Option {
  readonly name: string;
  readonly says: string;
  /** Variables that it sets; empty: unset. */
  readonly sets: Readonly<Record<string, string>>;
  /** Whether it is what the answers that are there already mean. */
  readonly isChosen: (answers: Answers) => boolean;
}

/** Asks which providers' keys there are, and then for each, unseen. */
export interface Keys {
  readonly kind: 'keys';
  readonly names: readonly string[];
  readonly when: (picks: Picks, answers: Answers) => boolean;
}

export interface Section {
  readonly title: string;
  readonly explains: string;
  readonly steps: readonly (Question | Choice | Keys)[];
}
