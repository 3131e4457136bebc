import { faultOfValue } from '@genai-gateway/config';
import { sections, variablesOf } from './sections.ts';
import type { Choice, Keys, Question, Section } from './steps.ts';
import type { Terminal } from './terminal.ts';

/** Values by variable; undefined: it is to be unset. */
export type Decisions = Readonly<Record<string, string | undefined>>;

/** What is wrong with what was decided so far; each begins with the variable that it is about. */
export type Examine = (decisions: Decisions) => readonly string[];

/**
 * Asks all sections. What was set before is offered again. A section whose answers contradict each other or an earlier
 * one is asked again. Gives what was decided; undefined: the variable is to be unset.
 */
export async function interview(
  terminal: Terminal,
  before: ReadonlyMap<string, string>,
  examine: Examine,
): Promise<Decisions> {
  const run: Run = { terminal, answers: new Map(before), picks: new Map(), decided: new Set() };
  for (const section of sections) {
    terminal.say(`\n== ${section.title}\n${section.explains}\n`);
    for (;;) {
      for (const step of section.steps) await ask(step, run);
      const wrong = about(section, examine(decisionsOf(run)));
      if (wrong.length === 0) break;
      terminal.say(`\nThis does not work yet:\n${wrong.map((each) => `  - ${each}`).join('\n')}\n`);
    }
  }
  return decisionsOf(run);
}

interface Run {
  readonly terminal: Terminal;
  /** What is set now, whether it was decided or was there before. */
  readonly answers: Map<string, string>;
  readonly picks: Map<string, string>;
  readonly decided: Set<string>;
}

function decisionsOf({ decided, answers }: Run): Decisions {
  return Object.fromEntries([...decided].map((name) => [name, answers.get(name)]));
}

/** Unset: it is taken out. */
function decide({ decided, answers }: Run, name: string, value: string | undefined): void {
  decided.add(name);
  if (value === undefined || value === '') answers.delete(name);
  else answers.set(name, value);
}

function about({ steps }: Section, problems: readonly string[]): string[] {
  const names = new Set(steps.flatMap(variablesOf));
  return problems.filter((problem) => names.has(/^[A-Z0-9_]+/.exec(problem)?.[0] ?? ''));
}

async function ask(step: Question | Choice | Keys, run: Run): Promise<void> {
  if (!step.when(run.picks, run.answers)) {
    for (const name of variablesOf(step)) decide(run, name, undefined);
    return;
  }
  if (step.kind === 'question') await askValue(step, run);
  else if (step.kind === 'choice') await askChoice(step, run);
  else await askKeys(step, run);
}

async function askValue({ name, asks, recommended, isRequired }: Question, run: Run): Promise<void> {
  const offered = run.answers.get(name) ?? recommended;
  const canBeEmptied = run.answers.has(name) && !isRequired;
  for (;;) {
    const shown = offered === undefined ? '' : ` [${offered}${canBeEmptied ? '; - for none' : ''}]`;
    const line = await run.terminal.ask(`${asks}${shown}`);
    const value = line === '' ? (offered ?? '') : line === '-' ? '' : line;
    const fault = value === '' && isRequired ? 'has to be set' : faultOfValue(name, value);
    if (fault === undefined) {
      decide(run, name, value);
      return;
    }
    run.terminal.say(`  ${name} ${fault}.`);
  }
}

async function askChoice({ name, asks, options }: Choice, run: Run): Promise<void> {
  // The most special one that fits comes last.
  const fitting = options.findLast(({ isChosen }) => isChosen(run.answers)) ?? options[0];
  const current = run.picks.get(name) ?? fitting.name;
  const width = Math.max(...options.map((each) => each.name.length));
  for (const [index, each] of options.entries()) {
    run.terminal.say(`  ${each.name.padEnd(width)}  ${each.says}${index === 0 ? ' (recommended)' : ''}`);
  }
  for (;;) {
    const line = await run.terminal.ask(`${asks} [${current}]`);
    const option = options.find((each) => each.name === (line === '' ? current : line.toLowerCase()));
    if (option !== undefined) {
      run.picks.set(name, option.name);
      for (const [variable, value] of Object.entries(option.sets)) decide(run, variable, value);
      return;
    }
    run.terminal.say(`  Write one of ${options.map((each) => each.name).join(', ')}.`);
  }
}

async function askKeys({ names }: Keys, run: Run): Promise<void> {
  const kept = names.filter((name) => run.answers.has(name));
  run.terminal.say(`Keys of providers: ${names.join(', ')}.`);
  if (kept.length > 0)
    run.terminal.say(`Set already, and kept: ${kept.join(', ')}. A minus before a name takes it out.`);
  for (;;) {
    const line = await run.terminal.ask('Which ones are new? Names, comma-separated (empty: none):');
    const wanted = line
      .split(',')
      .map((each) => each.trim().toUpperCase())
      .filter((each) => each !== '');
    const unknown = wanted.filter((each) => !names.includes(each.replace(/^-/, '')));
    if (unknown.length === 0) {
      for (const each of wanted) {
        if (each.startsWith('-')) decide(run, each.slice(1), undefined);
        else decide(run, each, await run.terminal.ask(`${each} (not shown):`, true));
      }
      return;
    }
    run.terminal.say(`  There is no ${unknown.join(', ')}.`);
  }
}
