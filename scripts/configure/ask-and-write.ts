import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describeDeployment, parseEnvironment } from '@genai-gateway/config';
import { changeEnvironment, UnwritableFile, writeEnvironment } from './env-file.ts';
import { type Decisions, interview } from './interview.ts';
import { environmentWith, isForLater, problemsOf, variablesOf } from './look.ts';
import { NoMoreAnswers, openTerminal, type Terminal } from './terminal.ts';

export interface Options {
  /** Where the files with variables are. */
  readonly folder: string;
  /** Whose file is written; undefined: the one of all stages. */
  readonly stage: string | undefined;
  readonly region: string | undefined;
  /** A file whose variables are the first answers. */
  readonly from: string | undefined;
}

/** Asks, and writes what was answered. Gives the exit code. */
export async function askAndWrite(options: Options): Promise<number> {
  const terminal = openTerminal();
  try {
    return await askAll(terminal, options);
  } catch (error) {
    if (!(error instanceof NoMoreAnswers || error instanceof UnwritableFile)) throw error;
    terminal.say(`\n${error.message} Nothing was written.`);
    return 1;
  } finally {
    terminal.close();
  }
}

async function askAll(terminal: Terminal, { folder, stage: ofFile, region: given, from }: Options): Promise<number> {
  const file = resolve(folder, ofFile === undefined ? '.env' : `.env.${ofFile}`);
  const old = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const before = { ...parseEnvironment(old), ...(from === undefined ? {} : variablesOf(resolve(from))) };
  terminal.say(`This asks what a deployment needs to know, and writes ${file}.`);
  terminal.say('An empty answer takes what stands in brackets.');
  const stage = await askStage(terminal, ofFile);
  const region = await askRegion(terminal, given ?? before['AWS_REGION'] ?? process.env['AWS_REGION'] ?? 'us-east-1');
  const place = ofFile === undefined ? { AWS_REGION: region } : {};
  // What others than the file say.
  const around = environmentWith(file, '', { folder, stage });
  const textOf = (decisions: Decisions) => {
    const heldOff = Object.entries(decisions).filter(([name, value]) => value === undefined && isSet(around[name]));
    return changeEnvironment(old, {
      ...before,
      ...decisions,
      ...Object.fromEntries(heldOff.map(([name]) => [name, ''])),
      ...place,
    });
  };
  const examine = (decisions: Decisions) =>
    problemsOf({ stage, region, env: environmentWith(file, textOf(decisions), { folder, stage }) });

  let decisions: Decisions = {};
  for (;;) {
    const current = Object.entries({ ...before, ...decisions });
    const offered = new Map(current.filter((entry): entry is [string, string] => isSet(entry[1])));
    decisions = await interview(terminal, offered, examine);
    const wrong = examine(decisions).filter((problem) => !isForLater(problem));
    if (wrong.length === 0) break;
    terminal.say(`\nThis cannot be deployed yet; all is asked once more, with your answers.\n${listOf(wrong)}`);
  }
  const text = textOf(decisions);
  terminal.say(`\n== What will stand in ${file}\n${shown(text)}`);
  if (!/^y/i.test((await terminal.ask('Write it? (yes, no) [yes]')) || 'yes')) {
    terminal.say('Nothing was written.');
    return 1;
  }
  const backup = writeEnvironment(file, text, new Date());
  terminal.say(backup === undefined ? `Wrote ${file}.` : `Wrote ${file}. What was there is in ${backup}.`);
  const later = examine(decisions).filter(isForLater);
  if (later.length > 0) terminal.say(`Before it is deployed:\n${listOf(later)}`);
  terminal.say(`Next: npm run doctor -- --stage ${stage} --region ${region}`);
  terminal.say(`      npm run deploy -- --stage ${stage} --region ${region}`);
  return 0;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

function listOf(problems: readonly string[]): string {
  return problems.map((each) => `  - ${each}`).join('\n');
}

async function askStage(terminal: Terminal, given: string | undefined): Promise<string> {
  for (;;) {
    const stage = given ?? ((await terminal.ask('Name of the stage (prod: data outlives it) [dev]')) || 'dev');
    const problem = problemsOf({ stage, region: 'us-east-1', env: {} }).find((each) => each.startsWith('The stage'));
    if (problem === undefined) return stage;
    terminal.say(`  ${problem}`);
    if (given !== undefined) throw new UnwritableFile(problem);
  }
}

async function askRegion(terminal: Terminal, offered: string): Promise<string> {
  for (;;) {
    const region = (await terminal.ask(`Region [${offered}]`)) || offered;
    const problem = problemsOf({ stage: 'dev', region, env: {} }).find((each) => each.startsWith('The region'));
    if (problem === undefined) return region;
    terminal.say(`  ${problem}`);
  }
}

/** The file for eyes that may see it on a screen. */
function shown(text: string): string {
  const secrets = new Set(
    describeDeployment()
      .groups.flatMap(({ variables }) => variables)
      .filter(({ isSecret }) => isSecret)
      .map(({ name }) => name),
  );
  const isHidden = (name: string) => secrets.has(name) || /(?:KEY|TOKEN|SECRET|PASSWORD)/.test(name);
  return text.replace(/^(\s*(?:export\s+)?([\w.-]+)\s*=).*$/gm, (line: string, start: string, name: string) =>
    isHidden(name) ? `${start}(not shown)` : line,
  );
}
