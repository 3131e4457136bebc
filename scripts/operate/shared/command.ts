import { type ParseArgsConfig, parseArgs } from 'node:util';

/** A failure to show as it is: what is wrong, and how it is mended. */
export class OperatorFailure extends Error {
  readonly mend: string;

  constructor(message: string, mend: string) {
    super(message);
    this.name = 'OperatorFailure';
    this.mend = mend;
  }
}

/** Where a command writes; `out` is its result, `note` is what it is doing. */
export interface Terminal {
  readonly out: (line: string) => void;
  readonly note: (line: string) => void;
}

type Options = NonNullable<ParseArgsConfig['options']>;
export type Values = Readonly<Record<string, string | boolean | undefined>>;

export interface Command {
  /** What `--help` prints. */
  readonly help: string;
  /** Options of this command, `help` apart; each at most once. */
  readonly options: Options;
  /** Gives the exit code. */
  readonly run: (values: Values, terminal: Terminal) => Promise<number>;
}

const terminal: Terminal = {
  out: (line) => void process.stdout.write(`${line}\n`),
  note: (line) => void process.stderr.write(`${line}\n`),
};

/**
 * Runs a command with the arguments of this process. Exit code 2 for arguments that make no sense, 1 for a failure;
 * only failures that nobody foresaw show a stack trace.
 */
export async function runCommand(command: Command): Promise<void> {
  process.exitCode = await exitCodeOf(command, process.argv.slice(2));
}

async function exitCodeOf(command: Command, args: readonly string[]): Promise<number> {
  let values: Values;
  try {
    values = parseArgs({ args: [...args], options: { ...command.options, help: { type: 'boolean', short: 'h' } } })
      .values as Values;
  } catch (error) {
    terminal.note(`${messageOf(error)}\n\n${command.help}`);
    return 2;
  }
  if (values['help'] === true) {
    terminal.out(command.help);
    return 0;
  }
  try {
    return await command.run(values, terminal);
  } catch (error) {
    if (!(error instanceof OperatorFailure)) throw error;
    terminal.note(`${error.message}\n  Mend: ${error.mend}`);
    return 1;
  }
}

/** The value of an option that takes one. */
export function textOption(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The same, for one that has to be there. Throws OperatorFailure. */
export function requiredOption(values: Values, name: string, example: string): string {
  const value = textOption(values, name);
  if (value === undefined) throw new OperatorFailure(`--${name} is missing.`, `add it, such as --${name} ${example}`);
  return value;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
