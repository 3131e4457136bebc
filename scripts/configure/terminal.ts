import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** Somebody who answers. */
export interface Terminal {
  say(text: string): void;
  /** The next line, without blanks around it. `hidden`: it is not shown while it is typed. Rejects with `NoMoreAnswers`. */
  ask(question: string, hidden?: boolean): Promise<string>;
  close(): void;
}

/** The input ended before the questions did. */
export class NoMoreAnswers extends Error {
  override readonly name = 'NoMoreAnswers';
}

/** Standard input and output: a person at a terminal, or lines from a pipe. */
export function openTerminal(): Terminal {
  let isHidden = false;
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (!isHidden) process.stdout.write(chunk);
      done();
    },
  });
  const reader = createInterface({ input: process.stdin, output, terminal: process.stdin.isTTY === true });
  const lines = reader[Symbol.asyncIterator]();
  return {
    say: (text) => void process.stdout.write(`${text}\n`),
    async ask(question, hidden = false) {
      reader.setPrompt(`${question} `);
      reader.prompt();
      isHidden = hidden;
      const { value, done } = await lines.next();
      isHidden = false;
      if (hidden || process.stdin.isTTY !== true) process.stdout.write('\n');
      if (done === true) throw new NoMoreAnswers('The input ended before the last question.');
      return value.trim();
    },
    close: () => reader.close(),
  };
}
