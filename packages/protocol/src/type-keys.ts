/**
 * Every key that one of the members of `T` names, its optional ones too. Key sets are compared and
 * not assignability, because a renamed optional field passes the latter.
 */
export type Keys<T> = T extends unknown ? keyof T : never;

/**
 * The keys of `Ours` that the vendor's type does not have: `never` when all is well. A type of ours
 * without keys is a slip in the test, and no success.
 */
export type Strange<Ours, Theirs> = [Keys<Ours>] extends [never]
  ? 'nothing to compare'
  : Exclude<Keys<Ours>, Keys<Theirs>>;

/** The keys of the vendor's type that `Ours` does not have; the SDK's member for what it does not know is none. */
export type Missing<Ours, Theirs> = Exclude<Keys<Theirs>, Keys<Ours> | '$unknown'>;

/** The keys that only one of the two has: `never` when the vendor's type is written down whole. */
export type Differing<Ours, Theirs> = Strange<Ours, Theirs> | Missing<Ours, Theirs>;

/** The type of one field, wherever in a union it is. */
export type Field<T, K extends PropertyKey> = T extends { [P in K]?: infer V } ? Exclude<V, undefined | null> : never;

/** The element of a list field. */
export type Item<T, K extends PropertyKey> = Field<T, K> extends readonly (infer V)[] ? V : never;

/** The text values that an open union names. */
export type Named<T> = T extends string ? (string extends T ? never : T) : never;
