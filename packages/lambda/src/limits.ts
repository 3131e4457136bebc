/** What a load balancer carries to a function and back: 1 MB with headers, in bytes of the event's JSON. */
export const maxEventBytes = 1024 * 1024;

/**
 * What an answer's body may have, in bytes of its JSON as UTF-8. That fits whatever is in it: where the text itself
 * would be longer in the event's JSON, it goes as base64, which is a third more, and 90 KB are left for headers.
 */
export const maxBodyBytes = 700 * 1024;
