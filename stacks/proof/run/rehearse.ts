import { spawn } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startMoto } from '../../../scripts/moto/moto-server.ts';
import { inRepository } from '../../repository.ts';
import { pairwiseVariants } from '../pairwise.ts';
import { linesOf, rehearseDeployment } from '../rehearse/rehearse-deployment.ts';
import { synthesise } from '../synthesise.ts';
import { allVariants, type Variant } from '../variants.ts';
import { bootstrapFakeAws, makePrivateZone } from './fake-aws.ts';

const usage = `npm run rehearse -- [--all] [--variant NAME] [--deploy]

A rehearsal: \`sst build\` as a deployer runs it, against moto, which plays AWS on this machine. It proves that the
command line, the configuration and the stacks work together. It does not prove that AWS takes the stacks.
  (nothing)   one variant on each platform
  --all       variants among which every two choices meet
  --variant   this one
  --deploy    in place of a build, the stacks of one variant made in moto by CloudFormation's API, without what moto
              does not know, and moto asked whether they are as the templates say`;

const notAws = 'A rehearsal against moto, not a proof: nothing of this was run on AWS.\n';

const { values } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    variant: { type: 'string' },
    deploy: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(`${usage}\n`);
else process.exitCode = (await (values.deploy ? deploy() : rehearse(chosen()))) ? 0 : 1;

async function deploy(): Promise<boolean> {
  process.stdout.write(notAws);
  const rehearsed = await rehearseDeployment();
  process.stdout.write(`${linesOf(rehearsed).join('\n')}\n`);
  return rehearsed.results.every(({ difference }) => difference === undefined);
}

function chosen(): readonly Variant[] {
  if (values.variant !== undefined) return allVariants.filter((each) => each.name === values.variant);
  return values.all ? pairwiseVariants : pairwiseVariants.slice(0, 2);
}

async function rehearse(variants: readonly Variant[]): Promise<boolean> {
  process.stdout.write(notAws);
  // SST reads these files whatever the environment says.
  const own = globSync('.env*', { cwd: inRepository() });
  if (own.length > 0) {
    process.stdout.write(
      `FAIL ${own.join(', ')} would be read instead of the variables of the rehearsal: put it elsewhere for its time.\n`,
    );
    return false;
  }
  let failed = 0;
  for (const variant of variants) {
    const startedAt = performance.now();
    const { code, output, stacks } = await build(variant);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    const isGood = code === 0 && stacks > 5;
    if (!isGood) failed += 1;
    process.stdout.write(`${isGood ? 'ok  ' : 'FAIL'} sst build of ${variant.name}: ${stacks} stacks (${seconds} s)\n`);
    if (!isGood) process.stdout.write(`${output}\n`);
  }
  process.stdout.write(`rehearsal: ${variants.length} built, ${failed} failed\n`);
  return variants.length > 0 && failed === 0;
}

interface Built {
  readonly code: number | null;
  readonly output: string;
  readonly stacks: number;
}

/** `sst build` with the variables of a variant, in an empty AWS of its own. */
async function build(variant: Variant): Promise<Built> {
  const { stage, region, env } = variant;
  const moto = await startMoto(region);
  const out = mkdtempSync(join(tmpdir(), 'rehearse-'));
  // What SST looks up it keeps here: what moto said must not be there when AWS is meant.
  const contextFile = inRepository('cdk.context.json');
  const context = existsSync(contextFile) ? readFileSync(contextFile) : undefined;
  try {
    writeFileSync(contextFile, JSON.stringify(unknownToMoto(variant)));
    await bootstrapFakeAws(moto, region);
    const { HOSTED_ZONE_NAME: name, EXISTING_VPC_ID: vpcId } = env;
    if (env['PUBLIC_LOAD_BALANCER'] === 'false' && name !== undefined && vpcId !== undefined) {
      await makePrivateZone(moto, { name, vpcId, region });
    }
    const sst = [
      inRepository('node_modules/sst/cli/sst.js'),
      'build',
      '--stage',
      stage,
      '--region',
      region,
      '--to',
      out,
    ];
    const { code, output } = await run(sst, {
      ...Object.fromEntries(['PATH', 'HOME', 'TMPDIR'].map((each) => [each, process.env[each] ?? ''])),
      ...moto.environment,
      ...env,
      SST_TELEMETRY_DISABLED: '1',
      // SST runs `npm install` for each function, with nothing to install: npm asks its registry for news all the same.
      npm_config_offline: 'true',
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_update_notifier: 'false',
      CI: 'true',
    });
    const stacks = existsSync(out)
      ? readdirSync(out).filter((each) => /genai-gateway-[a-z-]+\.template\.json$/.test(each))
      : [];
    return { code, output, stacks: stacks.length };
  } finally {
    await moto.stop();
    if (context === undefined) rmSync(contextFile, { force: true });
    else writeFileSync(contextFile, context);
    rmSync(out, { recursive: true, force: true });
  }
}

/** Answers to what is asked by the Cloud Control API, which moto does not have: the ids of prefix lists. */
function unknownToMoto(variant: Variant): Readonly<Record<string, unknown>> {
  const asked = synthesise(variant).lookups.filter((each) => each.provider === 'cc-api-provider');
  return Object.fromEntries(asked.map(({ key, standIn }) => [key, standIn]));
}

function run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Omit<Built, 'stacks'>> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { env, cwd: inRepository(), stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}
