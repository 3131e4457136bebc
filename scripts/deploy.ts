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
  webAclOutput,
} from '@genai-gateway/config';
import { OperatorFailure, requiredOption, runCommand, type Terminal } from './operate/shared/command.ts';
import { placeOf, repositoryRoot } from './operate/shared/environment.ts';

/** A command line to run, and what it is for. */
interface Step {
  readonly says: string;
  readonly line: readonly [program: string, ...args: string[]];
  readonly variables: Readonly<Record<string, string>>;
}

type Run = (step: Step) => Promise<void>;

interface Task {
  readonly command: 'deploy' | 'remove';
  readonly stage: string;
  readonly region: string;
  readonly deployment: Deployment;
  /** Whether CloudFront's web ACL is ours to make. */
  readonly makesWebAcl: boolean;
}

await runCommand({
  help: `Deploys a stage: checks the configuration, makes CloudFront's web ACL in ${globalRegion} first where there is a
CloudFront, then everything else, and then stores the keys of providers that are configured here (npm run
provider-keys). What SST needs in an account and a region, it makes itself the first time.

  npm run deploy -- --stage STAGE [--region REGION] [--dry-run]
  npm run remove -- --stage STAGE [--region REGION] [--dry-run]

  --region   the deployment's; without it AWS_REGION, else us-east-1
  --dry-run  check the configuration, and print the commands instead of running them

With CLOUDFRONT_WEB_ACL_ARN or CLOUDFRONT_WAF=false there is no first pass. A stage that was deployed with one goes on
to be deployed this way: sst deploy by itself knows of no web ACL, and would take it from CloudFront.`,
  options: {
    ...{ stage: { type: 'string' }, region: { type: 'string' }, 'dry-run': { type: 'boolean' } },
    remove: { type: 'boolean' },
  },
  run: async (values, terminal) => {
    const stage = requiredOption(values, 'stage', 'dev');
    // Where SST looks for its project and its variables.
    const folder = process.cwd();
    const { environment: env, region } = placeOf(values, folder);
    const deployment = check({ stage, region, env });
    const { entrance, platform } = deployment;
    terminal.out(`Stage ${stage} in ${region}: ${entrance.kind}, ${platform.kind.toUpperCase()}.`);
    const command = values['remove'] === true ? 'remove' : 'deploy';
    const task: Task = { command, stage, region, deployment, makesWebAcl: makesWebAcl(deployment, env) };
    const isDry = values['dry-run'] === true;
    const run = isDry ? printed(terminal) : started(folder, terminal);
    if (command === 'remove') return remove(task, run);
    const outputs = join(folder, '.sst/outputs.json');
    const forget = () => rmSync(outputs, { force: true });
    const webAcl = () => (isDry ? `<${webAclOutput} of the first pass>` : webAclOf(outputs));
    await deploy(task, run, isDry ? { forget: () => {}, webAcl } : { forget, webAcl });
    terminal.out(`\nNext: npm run first-key -- --stage ${stage} --region ${region}`);
    return 0;
  },
});

/** What SST tells of the last deployment. */
interface Told {
  readonly forget: () => void;
  readonly webAcl: () => string | undefined;
}

async function deploy(task: Task, run: Run, told: Told): Promise<void> {
  const { stage, region, deployment } = task;
  if (task.makesWebAcl) {
    told.forget();
    await run(sst(task, `1 of 2: CloudFront's web ACL, in ${globalRegion}`, globalRegion, globalPass(region)));
    const arn = told.webAcl();
    if (arn === undefined) {
      throw new OperatorFailure(
        `SST told no ${webAclOutput} of the first pass.`,
        `look for the stack ${stage}-genai-gateway-global-${region} in ${globalRegion}, and set CLOUDFRONT_WEB_ACL_ARN to that output`,
      );
    }
    await run(sst(task, `2 of 2: everything else, in ${region}`, region, mainPass(region, arn)));
  } else {
    await run(sst(task, `Everything, in ${region}`, region, {}));
  }
  const names = Object.keys(deployment.litellm.providerKeys);
  if (names.length === 0) return;
  const line: Step['line'] = ['npm', 'run', 'provider-keys', '--', '--stage', stage, '--region', region];
  await run({ says: `Keys of providers: ${names.join(', ')}`, line, variables: {} });
}

/** The other way round: an ACL that CloudFront uses cannot be deleted. */
async function remove(task: Task, run: Run): Promise<number> {
  const { region } = task;
  await run(sst(task, `Everything in ${region}`, region, task.makesWebAcl ? mainPass(region, undefined) : {}));
  if (task.makesWebAcl) {
    await run(sst(task, `CloudFront's web ACL in ${globalRegion}`, globalRegion, globalPass(region)));
  }
  return 0;
}

function sst({ command, stage }: Task, says: string, region: string, variables: Step['variables']): Step {
  return { says, line: ['sst', command, '--stage', stage, '--region', region], variables };
}

type Source = Pick<Parameters<typeof readDeployment>[0], 'stage' | 'region' | 'env'>;

/** What is wrong is said before anything is made. The ACL comes later, so that it is missing is no fault yet. */
function check({ stage, region, env }: Source): Deployment {
  const imagePins = JSON.parse(readFileSync(join(repositoryRoot, 'containers/images.json'), 'utf8')) as ImagePins;
  const comesLater = isSet(env['CLOUDFRONT_WAF']) && !isSet(env['CLOUDFRONT_WEB_ACL_ARN']);
  try {
    return readDeployment({
      stage,
      region,
      env: comesLater ? { ...env, CLOUDFRONT_WAF: '' } : env,
      imagePins,
      folder: repositoryRoot,
    });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new OperatorFailure(
      error.message,
      '`npm run configure`, or the variables in .env (docs/deployment-variables.md)',
    );
  }
}

function makesWebAcl({ entrance }: Deployment, env: Source['env']): boolean {
  const behindCloudFront = entrance.kind === 'cloudfront' || entrance.kind === 'cloudfront-domain';
  return behindCloudFront && !isSet(env['CLOUDFRONT_WEB_ACL_ARN']) && env['CLOUDFRONT_WAF']?.trim() !== 'false';
}

function isSet(value: string | undefined): boolean {
  return (value?.trim() ?? '') !== '';
}

function printed({ out }: Terminal): Run {
  return async ({ says, line, variables }) => {
    const given = Object.entries(variables).flatMap(([name, value]) => (value === '' ? [] : [`${name}=${value}`]));
    out(`# ${says}`);
    out([...given, ...line].join(' '));
  };
}

/** Runs a step at this terminal. */
function started(folder: string, { out }: Terminal): Run {
  return async ({ says, line, variables }) => {
    out(`\n${says}`);
    const [program, ...args] = line;
    const path = [process.env['PATH'], join(repositoryRoot, 'node_modules/.bin')].join(delimiter);
    const env = { ...process.env, ...variables, PATH: path };
    const child = spawn(program, args, { cwd: folder, stdio: 'inherit', env });
    const code = await new Promise<number | null>((settle, reject) => child.on('error', reject).on('exit', settle));
    if (code === 0) return;
    throw new OperatorFailure(
      `${line.join(' ')} ended with ${code ?? 'a signal'}.`,
      'mend what it says above, and run the same command again: what is done already stays',
    );
  };
}

/** SST writes the outputs of every stack it deployed. */
function webAclOf(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  const stacks = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, string> | undefined>;
  return Object.values(stacks).find((outputs) => outputs?.[webAclOutput] !== undefined)?.[webAclOutput];
}
