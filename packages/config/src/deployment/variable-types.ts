import * as z from 'zod';
import { list } from '../value-types.ts';

/** `true` or `false`, in any case. */
export const flag = z
  .string()
  .transform((text) => text.toLowerCase())
  .pipe(z.enum(['true', 'false'], 'must be true or false'))
  .transform((text) => text === 'true');

/** A whole number within bounds, both included. */
export function whole(least: number, most: number): z.ZodCoercedNumber {
  const message = `must be a whole number from ${least} to ${most}`;
  return z.coerce.number(message).int(message).min(least, message).max(most, message);
}

/** One of a few words, in any case; given as it is written here. */
export function oneOf<const Word extends string>(words: readonly [Word, ...Word[]]): z.ZodType<Word, string> {
  const message = `must be ${words.slice(0, -1).join(', ')}${words.length > 1 ? ' or ' : ''}${words.at(-1)}`;
  return z.string().transform((text, context): Word => {
    const word = words.find((each) => each.toLowerCase() === text.toLowerCase());
    if (word !== undefined) return word;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}

/** A text of a shape. `shape` ends the sentence "must be …". */
export function text(pattern: RegExp, shape: string): z.ZodString {
  return z.string().regex(pattern, `must be ${shape}`);
}

/** Comma-separated values, each of one type. */
export function listOf<Type extends z.ZodType<string, string>>(type: Type): z.ZodType<string[], string> {
  return list.pipe(z.array(type));
}

/** An IPv4 block whose address is its first one, such as `10.0.0.0/16`. */
export const cidr = z.string().superRefine((written, context) => {
  const block = parseCidr(written);
  if (block === undefined) {
    context.addIssue({ code: 'custom', message: 'must be an IPv4 block such as 10.0.0.0/16' });
  } else if (block.canonical !== written) {
    context.addIssue({ code: 'custom', message: `must start at the first address of its block: ${block.canonical}` });
  }
});

export interface Cidr {
  /** First address as an unsigned number. */
  readonly first: number;
  /** Bits of the network, 0 to 32. */
  readonly bits: number;
  readonly canonical: string;
}

/** Undefined: it is no IPv4 block. */
export function parseCidr(written: string): Cidr | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(written);
  if (match === null) return undefined;
  const [octets, bits] = [match.slice(1, 5).map(Number), Number(match[5])];
  if (octets.some((each) => each > 255) || bits > 32) return undefined;
  const address = octets.reduce((sum, each) => sum * 256 + each, 0);
  const size = 2 ** (32 - bits);
  const first = address - (address % size);
  const canonical = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.');
  return { first, bits, canonical: `${canonical}/${bits}` };
}

const REGION = '[a-z]{2}(?:-[a-z]+)+-\\d';

/** The name of a region, such as `eu-west-1`. */
export const regionName = text(new RegExp(`^${REGION}$`), 'the name of a region such as eu-west-1');

/** A certificate of ACM. Which region it has to be of, depends on who shows it. */
export const certificateArn = text(
  new RegExp(`^arn:aws:acm:${REGION}:\\d{12}:certificate/[0-9a-f-]{36}$`),
  'the ARN of a certificate of ACM (arn:aws:acm:<region>:<account>:certificate/…)',
);

export const roleArn = text(
  /^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]+$/,
  'the ARN of a role (arn:aws:iam::<account>:role/…)',
);

/** An image with a tag or a digest; without either it would be another one every day. */
export const imageName = text(
  /^[a-z0-9][\w.-]*(?::\d+)?(?:\/[\w.-]+)*(?::[\w.-]{1,128}(?:@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})$/,
  'an image with a tag or, better, a digest (<repository>@sha256:…)',
);

/** The region that an ARN names. */
export function regionOfArn(arn: string): string {
  return arn.split(':')[3] ?? '';
}
