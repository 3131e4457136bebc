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

/** The type of one field, wherever in a union it is. */
export type Field<T, K extends PropertyKey> = T extends { [P in K]?: infer V } ? Exclude<V, undefined | null> : never;

/** The element of a list field. */
export type Item<T, K extends PropertyKey> = Field<T, K> extends readonly (infer V)[] ? V : never;

/** The text values that an open union names. */
export type Named<T> = T extends string ? (string extends T ? never : T) : never;
