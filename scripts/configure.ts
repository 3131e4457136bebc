import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { environmentFiles, readEnvironment, unknownVariables } from '@genai-gateway/config';
import { askAndWrite, type Options } from './configure/ask-and-write.ts';
import { problemsOf, variablesOf } from './configure/look.ts';

const help = `Asks what a deployment needs to know, checks it, and writes it into a file that SST reads.

  npm run configure                        asks, and writes .env
  npm run configure -- --stage STAGE       asks, and writes .env.STAGE, which goes before .env
  npm run configure -- --from FILE         the same, starting from the variables of FILE
  npm run configure -- --check             only reads what is there, as SST sees it, and says what is wrong
  npm run configure -- --check --from FILE only reads FILE

  --region REGION   the region of the deployment (else AWS_REGION, else us-east-1)
`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  let values: Partial<Record<'stage' | 'region' | 'from' | 'folder', string>> & { check?: boolean; help?: boolean };
  try {
    const options = { stage: text, region: text, from: text, folder: text, check: flag, help: flag };
    ({ values } = parseArgs({ args: [...args], options }));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
    return 2;
  }
  if (values.help === true) {
    process.stdout.write(help);
    return 0;
  }
  const { stage, region, from } = values;
  if (from !== undefined && !existsSync(from)) {
    process.stderr.write(`--from names ${from}, and there is no such file.\n`);
    return 2;
  }
  const options: Options = { folder: values.folder ?? resolve(import.meta.dirname, '..'), stage, region, from };
  return values.check === true ? check(options) : askAndWrite(options);
}

/** What SST would see, or what one file says. */
function check({ folder, stage = 'dev', region, from }: Options): number {
  const files = from === undefined ? environmentFiles(stage).map((name) => resolve(folder, name)) : [resolve(from)];
  const written = files.filter((file) => existsSync(file));
  const names = written.flatMap((file) => Object.keys(variablesOf(file)));
  const env = from === undefined ? readEnvironment({ folder, stage, env: process.env }) : variablesOf(resolve(from));
  const place = region ?? env['AWS_REGION'] ?? 'us-east-1';
  const problems = [...unknownVariables([...new Set(names)]), ...problemsOf({ stage, region: place, env })];
  for (const problem of problems) process.stdout.write(`- ${problem}\n`);
  process.stdout.write(
    problems.length === 0
      ? `Stage ${stage} in ${place} can be deployed: npm run deploy -- --stage ${stage} --region ${place}\n`
      : `Stage ${stage} in ${place} cannot be deployed like this.\n`,
  );
  return problems.length === 0 ? 0 : 1;
}
