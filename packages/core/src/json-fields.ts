/**
 * The fields of an object as JSON without its braces, to be put together with others into one object: what is the same in
 * many objects is made once. One field at least has to have a value.
 */
export function jsonFields(object: object): string {
  return JSON.stringify(object).slice(1, -1);
}
