/** Milliseconds since the Unix epoch. Passed in wherever time matters, so that tests can set it. */
export type Clock = () => number;
