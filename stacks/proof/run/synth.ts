import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { writeGolden } from '../golden.ts';
import { deploymentOf } from '../synthesise.ts';
import { allVariants, goldenVariants, refusedVariants, type Variant } from '../variants.ts';
import { inWorkers } from './in-workers.ts';
import type { SynthAnswer, SynthWork } from './work.ts';

const usage = `npm run synth -- [--all] [--platform ecs|eks] [--scenario NAME] [--variant NAME] [--out FOLDER] [--golden]

Makes the templates of deployments without AWS, and checks every promise that templates can keep.
  (nothing)      every platform with every scenario, in a new VPC
  --all          also existing VPCs, no outbound, and what else can be chosen; and what the configuration refuses
  --platform     only this one
  --scenario     only this one: cloudfront, cloudfront-domain, direct-alb or private
  --variant      only this one, by its name
  --out          where templates go (default .cache/synth), a folder per variant
  --golden       writes the golden templates anew (stacks/golden); look at the difference before you commit it`;

const { values } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    platform: { type: 'string' },
    scenario: { type: 'string' },
    variant: { type: 'string' },
    out: { type: 'string', default: '.cache/synth' },
    golden: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(`${usage}\n`);
else if (values.golden) for (const each of writeGolden()) process.stdout.write(`wrote ${each}\n`);
else process.exitCode = (await synthAll()) ? 0 : 1;

async function synthAll(): Promise<boolean> {
  const chosen = choose();
  if (chosen.length === 0) {
    process.stdout.write(`No variant is called that.\n\n${usage}\n`);
    return false;
  }
  const startedAt = performance.now();
  const golden = goldenVariants.map((each) => each.name);
  const data: SynthWork = { out: resolve(values.out), mutated: [], nagged: golden, golden };
  let breaches = 0;
  const answers = inWorkers<string, SynthAnswer>(
    new URL('./synth-worker.ts', import.meta.url),
    chosen.map((each) => each.name),
    { workers: 2, data },
  );
  for await (const answer of answers) {
    breaches += answer.breaches.length;
    const outcome = answer.breaches.length === 0 ? 'ok  ' : 'FAIL';
    process.stdout.write(`${outcome} ${answer.name} (${answer.resources} resources, ${answer.seconds.toFixed(1)} s)\n`);
    for (const { rule, breach } of answer.breaches) process.stdout.write(`     ${rule}: ${breach}\n`);
  }
  const wrong = values.all ? refusals() : [];
  for (const each of wrong) process.stdout.write(`FAIL ${each}\n`);
  const refused = values.all ? `, ${refusedVariants.length - wrong.length} refused as they should` : '';
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  process.stdout.write(
    `synth: ${chosen.length} variants${refused}, ${breaches + wrong.length} faults, ${seconds} s, templates in ${values.out}\n`,
  );
  return breaches + wrong.length === 0;
}

function choose(): readonly Variant[] {
  const { variant, platform, scenario, all } = values;
  if (variant !== undefined) return allVariants.filter((each) => each.name === variant);
  const from = all ? allVariants : goldenVariants;
  return from.filter(
    ({ name, env }) =>
      (platform === undefined || env['DEPLOYMENT_PLATFORM'] === platform.toUpperCase()) &&
      (scenario === undefined || new RegExp(`^e[ck]s-${scenario}-(new|existing)-`).test(name)),
  );
}

/** What should have been refused and was not, or for another reason. */
function refusals(): readonly string[] {
  return refusedVariants.flatMap((variant) => {
    try {
      deploymentOf(variant);
      return [`${variant.name}: is not refused`];
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return variant.reason.test(message) ? [] : [`${variant.name}: is refused for another reason: ${message}`];
    }
  });
}
