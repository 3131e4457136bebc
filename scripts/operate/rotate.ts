import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { configurationOf } from './doctor/patient.ts';
import { nextGeneration, writeGeneration } from './rotate/next-generation.ts';
import { RotationFunction } from './rotate/rotation-function.ts';
import {
  OperatorFailure,
  requiredOption,
  runCommand,
  type Terminal,
  textOption,
  type Values,
} from './shared/command.ts';
import { outputsOf, readDeployedStacks } from './shared/deployed.ts';
import { placeOf, repositoryRoot } from './shared/environment.ts';

/** Secrets by their names on the command line, and what people notice. */
const secrets: Readonly<Record<string, string>> = {
  database: 'Nothing is started anew; requests go on.',
  'litellm-database': 'LiteLLM is started anew, a task at a time; requests go on.',
  cache: 'LiteLLM is started anew, a task at a time; requests go on.',
  'master-key':
    'LiteLLM is started anew, and everybody logs in to its Admin UI again. Programs with the master key have an hour\n' +
    'to take the new one, which Secrets Manager has (MASTER_KEY_GRACE_MS).',
};

/** How long LiteLLM is waited for. */
const PATIENCE_MS = 30 * 60_000;

interface Place {
  readonly stage: string;
  readonly region: string;
}

await runCommand({
  help: `Rotates a secret of a stage. The value before goes on to work until the next rotation, so for one that has leaked
run it twice.

  npm run rotate -- --stage STAGE --secret NAME [--region REGION] [options]

  --secret database | litellm-database | cache | master-key | origin
  --no-wait   for LiteLLM to have the new value
  --dry-run   of origin: print what would be done

origin, the secret between CloudFront and the load balancer, is counted up by one in the stage's file of variables and
deployed (CLOUDFRONT_SECRET_GENERATION). A rotation that has begun and not ended is brought to its end. No value is
ever printed.`,
  options: {
    ...{ stage: { type: 'string' }, region: { type: 'string' }, secret: { type: 'string' } },
    ...{ 'no-wait': { type: 'boolean' }, 'dry-run': { type: 'boolean' }, 'poll-ms': { type: 'string' } },
  },
  run: async (values, terminal) => {
    const stage = requiredOption(values, 'stage', 'dev');
    const secret = requiredOption(values, 'secret', 'database');
    const { environment, region } = placeOf(values, process.cwd());
    if (secret === 'origin') return rotateOrigin({ stage, region }, environment, values, terminal);
    if (secrets[secret] === undefined) {
      throw new OperatorFailure(
        `There is no secret ${secret} to rotate.`,
        `name one of ${Object.keys(secrets).join(', ')}, origin`,
      );
    }
    return rotate(secret, { stage, region }, values, terminal);
  },
});

async function rotate(secret: string, { stage, region }: Place, values: Values, terminal: Terminal): Promise<number> {
  const outputs = outputsOf(await readDeployedStacks(stage, region), stage, region);
  const rotation = new RotationFunction(outputs.secretRotationFunction, region);
  try {
    terminal.note(secrets[secret] ?? '');
    const { versionId, tookUp, rollout } = await rotation.ask({ task: 'rotate', secret, token: randomUUID() });
    terminal.out(
      `${secret}: version ${versionId} is the current one${tookUp ? ', of a rotation that had begun before' : ''}.`,
    );
    if (rollout === 'none' || values['no-wait'] === true) return 0;
    await untilRolled(rotation, secret, Number(textOption(values, 'poll-ms') ?? '10000'), terminal);
    terminal.out('LiteLLM has it.');
    return 0;
  } finally {
    rotation.close();
  }
}

async function untilRolled(
  rotation: RotationFunction,
  secret: string,
  pollMs: number,
  { note }: Terminal,
): Promise<void> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  for (let told = ''; ; await sleep(pollMs)) {
    const { rollout } = await rotation.ask({ task: 'status', secret });
    if (rollout === 'done') return;
    if (rollout !== told) note(`LiteLLM: ${rollout}`);
    told = rollout;
    if (performance.now() > deadlineMs) {
      throw new OperatorFailure(
        'LiteLLM has not been replaced after half an hour; it goes on with the value before.',
        'look into its log, and at npm run doctor; no other rotation of this secret begins meanwhile',
      );
    }
  }
}

async function rotateOrigin(
  { stage, region }: Place,
  environment: NodeJS.ProcessEnv,
  values: Values,
  terminal: Terminal,
): Promise<number> {
  const { deployment, problems } = configurationOf(stage, region, environment);
  if (deployment === undefined) {
    throw new OperatorFailure(`The configuration is not usable:\n  - ${problems.join('\n  - ')}`, 'npm run configure');
  }
  if (!deployment.entrance.kind.startsWith('cloudfront')) {
    throw new OperatorFailure(`Stage ${stage} has no CloudFront, so no such secret.`, 'there is nothing to do');
  }
  const generation = nextGeneration(process.cwd(), stage, environment);
  const line = [join(repositoryRoot, 'scripts/deploy.ts'), '--stage', stage, '--region', region];
  terminal.out(`CLOUDFRONT_SECRET_GENERATION ${generation.from} → ${generation.to} in ${generation.file}`);
  if (values['dry-run'] === true) {
    terminal.out(`npm run deploy -- ${line.slice(1).join(' ')}`);
    return 0;
  }
  writeGeneration(generation, new Date());
  const child = spawn(process.execPath, line, { stdio: 'inherit' });
  const code = await new Promise<number | null>((settle, reject) => {
    child.on('error', reject);
    child.on('close', settle);
  });
  if (code === 0) return 0;
  throw new OperatorFailure(
    'The deployment did not end, and the file has the next generation already.',
    `mend it and run npm run deploy -- --stage ${stage}; do not rotate again before that, which would skip a generation`,
  );
}
