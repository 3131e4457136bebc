import { Command } from 'ioredis';

/** Arguments that are the same in many calls, written once. */
export interface WrittenArguments {
  readonly text: string;
  readonly count: number;
}

export type ScriptArgument = string | number | WrittenArguments;

/**
 * A call of a script as Redis reads it: an array of bulk strings
 * (https://redis.io/docs/latest/develop/reference/protocol-spec/, as of 2026-11-23). ioredis measures and joins each argument
 * by itself, and ours has some fifty, most of them the same for all calls of a key: that costs more than all the rest of sending it.
 */
export class ScriptCommand extends Command {
  readonly #text: string;

  /** `script`: the source for `eval`, its SHA-1 in hexadecimal digits for `evalsha`. */
  constructor(name: 'eval' | 'evalsha', script: string, keys: readonly string[], args: readonly ScriptArgument[]) {
    super(name, [], { replyEncoding: 'utf8' });
    let count = 3 + keys.length;
    let text = bulk(name) + bulk(script) + bulk(keys.length);
    for (const key of keys) text += bulk(key);
    for (const arg of args) {
      const isWritten = typeof arg === 'object';
      text += isWritten ? arg.text : bulk(arg);
      count += isWritten ? arg.count : 1;
    }
    this.#text = `*${count}\r\n${text}`;
  }

  override toWritable(): string {
    return this.#text;
  }
}

export function writtenArguments(args: readonly (string | number)[]): WrittenArguments {
  // Through a buffer, so that it is no tree of its pieces that every call would have to walk.
  return { text: Buffer.from(args.map(bulk).join('')).toString(), count: args.length };
}

function bulk(arg: string | number): string {
  const text = String(arg);
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
}
