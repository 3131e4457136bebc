import { rollService } from './config-push/roll.ts';
import { configurationOf } from './doctor/patient.ts';
import { mergeKeys, readKeys } from './provider-keys/merge-keys.ts';
import { OperatorFailure, requiredOption, runCommand, type Terminal, textOption } from './shared/command.ts';
import { type Outputs, outputsOf, readDeployedStacks } from './shared/deployed.ts';
import { placeOf } from './shared/environment.ts';
import { kubectlLines } from './shared/kubectl.ts';
import { findSecret, writeSecret } from './shared/secret.ts';

await runCommand({
  help: `Puts the keys of model providers that are configured here (.env and the environment, such as OPENAI_API_KEY) into
the secret that LiteLLM reads, and starts LiteLLM anew with them. Keys that are stored and not configured here stay.

  npm run provider-keys -- --stage STAGE [--region REGION] [options]

  --remove NAMES   take stored keys away, comma-separated
  --list           only print the names of the stored keys
  --no-roll        store only: LiteLLM reads them when it starts the next time

Prints names, never a key. No key is in a template, a log or the configuration of a task.`,
  options: {
    ...{ stage: { type: 'string' }, region: { type: 'string' }, remove: { type: 'string' } },
    ...{ list: { type: 'boolean' }, 'no-roll': { type: 'boolean' }, 'poll-ms': { type: 'string' } },
  },
  run: async (values, terminal) => {
    const stage = requiredOption(values, 'stage', 'dev');
    const { environment, region } = placeOf(values);
    const outputs = outputsOf(await readDeployedStacks(stage, region), stage, region);
    const stored = readKeys(await findSecret(outputs.providerKeysSecret, region));
    if (values['list'] === true) {
      for (const name of Object.keys(stored).sort()) terminal.out(name);
      return 0;
    }
    const { deployment, problems } = configurationOf(stage, region, environment);
    if (deployment === undefined) {
      throw new OperatorFailure(
        `The configuration is not usable:\n  - ${problems.join('\n  - ')}`,
        'npm run configure',
      );
    }
    const remove =
      textOption(values, 'remove')
        ?.split(',')
        .map((each) => each.trim()) ?? [];
    const { keys, added, changed, removed } = mergeKeys(stored, deployment.litellm.providerKeys, remove);
    for (const name of added) terminal.out(`+ ${name}`);
    for (const name of changed) terminal.out(`~ ${name}`);
    for (const name of removed) terminal.out(`- ${name}`);
    if (added.length + changed.length + removed.length === 0) {
      terminal.out('The stored keys are those of this configuration already.');
      return 0;
    }
    await writeSecret(outputs.providerKeysSecret, region, JSON.stringify(keys));
    if (values['no-roll'] === true) return 0;
    await rollLitellm(outputs, { stage, region }, Number(textOption(values, 'poll-ms') ?? '5000'), terminal);
    return 0;
  },
});

async function rollLitellm(
  { platform, cluster, litellmService }: Outputs,
  place: { readonly stage: string; readonly region: string },
  pollMs: number,
  { out }: Terminal,
): Promise<void> {
  if (platform === 'ecs') {
    const timeoutMs = 20 * 60_000;
    await rollService({ region: place.region, cluster, service: litellmService, timeoutMs, pollMs, say: out });
    return;
  }
  out('On EKS LiteLLM is started anew by:');
  for (const line of await kubectlLines([litellmService], place)) out(`  ${line}`);
}
