import * as z from 'zod';

/** A URL of one of these protocols, such as `https:`. */
export function url(protocols: readonly string[]): z.ZodString {
  return z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    message: `must be a URL that starts with ${protocols.map((each) => `${each}//`).join(' or ')}`,
  });
}

/** Comma-separated texts; blanks around them do not count. */
export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== ''),
);
