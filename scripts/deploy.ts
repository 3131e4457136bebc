import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import {
  ConfigError,
  type Deployment,
  globalPass,
  globalRegion,
  type ImagePins,
  mainPass,
  readDeployment,
  readEnvironment,
  webAclOutput,
} from '@genai-gateway/config';
import { OperatorFailure, requiredOption, runCommand, type Terminal, textOption } from './operate/shared/command.ts';
import { regionOf, repositoryRoot } from './operate/shared/environment.ts';

/** One run of SST's command line. */
interface Step {
  readonly says: string;
  readonly region: string;
  readonly variables: Readonly<Record<string, string>>;
}

interface Plan {
  readonly command: 'deploy' | 'remove';
  readonly stage: string;
  /** Where SST looks for its project. */
  readonly folder: string;
}

await runCommand({
  help: `Deploys a stage: checks the configuration, makes CloudFront's web ACL in ${globalRegion} first where there is a
CloudFront, then everything else. What SST needs in an account and a region, it makes itself the first time.

  npm run deploy -- --stage STAGE [--region REGION] [--dry-run]
  npm run remove -- --stage STAGE [--region REGION] [--dry-run]

  --region   the deployment's; without it AWS_REGION, else us-east-1
  --dry-run  check the configuration, and print the commands instead of running them

With CLOUDFRONT_WEB_ACL_ARN or CLOUDFRONT_WAF=false there is no first pass, and \`npx sst deploy\` does the same.`,
  options: {
    ...{ stage: { type: 'string' }, region: { type: 'string' }, 'dry-run': { type: 'boolean' } },
    remove: { type: 'boolean' },
  },
  run: async (values, terminal) => {
    const stage = requiredOption(values, 'stage', 'dev');
    const folder = process.cwd();
    const env = readEnvironment({ folder, stage, env: process.env });
    const region = regionOf(textOption(values, 'region'), env);
    const deployment = check({ stage, region, env });
    const takesTwo = needsOwnWebAcl(deployment, env);
    terminal.out(
      `Stage ${stage} in ${region}: ${deployment.entrance.kind}, ${deployment.platform.kind.toUpperCase()}.`,
    );
    const plan: Plan = { command: values['remove'] === true ? 'remove' : 'deploy', stage, folder };
    const run = values['dry-run'] === true ? print : runSst;
    return plan.command === 'remove'
      ? remove(plan, { region, takesTwo, run, terminal })
      : deploy(plan, { region, takesTwo, run, terminal });
  },
});

interface Way {
  readonly region: string;
  readonly takesTwo: boolean;
  /** Gives the web ACL's ARN, if the step made one. */
  readonly run: (plan: Plan, step: Step, terminal: Terminal) => Promise<string | undefined>;
  readonly terminal: Terminal;
}

async function deploy(plan: Plan, { region, takesTwo, run, terminal }: Way): Promise<number> {
  if (!takesTwo) {
    await run(plan, { says: `Everything, in ${region}`, region, variables: {} }, terminal);
  } else {
    const first = { says: `1 of 2: CloudFront's web ACL, in ${globalRegion}`, region: globalRegion };
    const webAclArn = await run(plan, { ...first, variables: globalPass(region) }, terminal);
    if (webAclArn === undefined) {
      throw new OperatorFailure(
        `SST told no ${webAclOutput} of the first pass.`,
        `look for the stack ${plan.stage}-genai-gateway-global-${region} in ${globalRegion}, and set CLOUDFRONT_WEB_ACL_ARN to that output`,
      );
    }
    const second = { says: `2 of 2: everything else, in ${region}`, region };
    await run(plan, { ...second, variables: mainPass(region, webAclArn) }, terminal);
  }
  terminal.out(`Next: npm run first-key -- --stage ${plan.stage} --region ${region}`);
  return 0;
}

/** The other way round: an ACL that CloudFront uses cannot be deleted. */
async function remove(plan: Plan, { region, takesTwo, run, terminal }: Way): Promise<number> {
  const main = { says: `Everything in ${region}`, region };
  await run(plan, { ...main, variables: takesTwo ? mainPass(region, undefined) : {} }, terminal);
  if (takesTwo) {
    const last = { says: `CloudFront's web ACL in ${globalRegion}`, region: globalRegion };
    await run(plan, { ...last, variables: globalPass(region) }, terminal);
  }
  return 0;
}

type Source = Pick<Parameters<typeof readDeployment>[0], 'stage' | 'region' | 'env'>;

/** What is wrong is said before anything is made. The ACL comes later, so that it is missing is no fault yet. */
function check({ stage, region, env }: Source): Deployment {
  const imagePins = JSON.parse(readFileSync(join(repositoryRoot, 'containers/images.json'), 'utf8')) as ImagePins;
  const wantsWaf = isSet(env['CLOUDFRONT_WAF']) && !isSet(env['CLOUDFRONT_WEB_ACL_ARN']);
  try {
    return readDeployment({ stage, region, env: wantsWaf ? { ...env, CLOUDFRONT_WAF: '' } : env, imagePins });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new OperatorFailure(
      error.message,
      '`npm run configure`, or the variables in .env (docs/deployment-variables.md)',
    );
  }
}

function needsOwnWebAcl({ entrance }: Deployment, env: Source['env']): boolean {
  const behindCloudFront = entrance.kind === 'cloudfront' || entrance.kind === 'cloudfront-domain';
  return behindCloudFront && !isSet(env['CLOUDFRONT_WEB_ACL_ARN']) && env['CLOUDFRONT_WAF']?.trim() !== 'false';
}

function isSet(value: string | undefined): boolean {
  return (value?.trim() ?? '') !== '';
}

async function print({ command, stage }: Plan, { says, region, variables }: Step, terminal: Terminal) {
  const assignments = Object.entries(variables).flatMap(([name, value]) => (value === '' ? [] : [`${name}=${value}`]));
  terminal.out(`# ${says}`);
  terminal.out([...assignments, 'sst', command, '--stage', stage, '--region', region].join(' '));
  return variables['GATEWAY_PASS'] === 'global' ? `<${webAclOutput} of the first pass>` : undefined;
}

async function runSst({ command, stage, folder }: Plan, step: Step, terminal: Terminal) {
  const outputs = join(folder, '.sst/outputs.json');

  rmSync(outputs, { force: true });
  terminal.out(`\n${step.says}`);
  const searched = [process.env['PATH'], join(repositoryRoot, 'node_modules/.bin')].join(delimiter);
  const child = spawn('sst', [command, '--stage', stage, '--region', step.region], {
    cwd: folder,
    stdio: 'inherit',
    env: { ...process.env, ...step.variables, PATH: searched },
  });
  const code = await new Promise<number | null>((settle, reject) => child.on('error', reject).on('exit', settle));
  if (code !== 0) {
    throw new OperatorFailure(
      `sst ${command} in ${step.region} ended with ${code ?? 'a signal'}.`,
      'mend what it says above, and run the same command again: what is done already stays',
    );
  }
  return command === 'deploy' && step.variables['GATEWAY_PASS'] === 'global' ? webAclOf(outputs) : undefined;
}

/** SST writes the outputs of every stack it deployed. */
function webAclOf(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  const stacks = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, string> | undefined>;
  return Object.values(stacks).find((outputs) => outputs?.[webAclOutput] !== undefined)?.[webAclOutput];
}
