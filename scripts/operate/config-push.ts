import { type ConfigChanges, compareConfigs, isUnchanged, readConfig } from './config-push/compare.ts';
import { ConfigObject, type StoredConfig } from './config-push/config-object.ts';
import { rollService } from './config-push/roll.ts';
import {
  OperatorFailure,
  requiredOption,
  runCommand,
  type Terminal,
  textOption,
  type Values,
} from './shared/command.ts';
import { type Outputs, outputsOf, readDeployedStacks } from './shared/deployed.ts';
import { placeOf, readTextFile } from './shared/environment.ts';
import { kubectlLines } from './shared/kubectl.ts';

await runCommand({
  help: `Checks a config.yaml, uploads it, and starts LiteLLM and the gateway anew with it.

  npm run config:push -- --stage STAGE [--region REGION] [--file FILE] [options]

  --file FILE   the config.yaml; without it the one that MODEL_CONFIG_FILE names
  --dry-run     say what would change, and change nothing
  --no-roll     upload only: the services read it when they start the next time
  --roll        start the services anew even when nothing has changed; without --file with what is stored
  --show        print what is stored now
  --timeout M   minutes that each service gets (default 20)

Two who push at once do not overwrite each other. When a service does not come up with the new file, the old one is put
back and the services are started with that. The role of a service may call the models that were listed at the last
deployment: after adding Bedrock models, deploy too.`,
  options: {
    ...{ stage: { type: 'string' }, region: { type: 'string' }, file: { type: 'string' }, show: { type: 'boolean' } },
    ...{ 'dry-run': { type: 'boolean' }, 'no-roll': { type: 'boolean' }, roll: { type: 'boolean' } },
    ...{ timeout: { type: 'string' }, 'poll-ms': { type: 'string' } },
  },
  run: async (values, terminal) => {
    const stage = requiredOption(values, 'stage', 'dev');
    const { environment, region } = placeOf(values);
    const outputs = outputsOf(await readDeployedStacks(stage, region), stage, region);
    const stored = new ConfigObject(region, outputs.configBucket, outputs.configKey);
    const before = await stored.read();
    if (values['show'] === true) {
      terminal.out(before?.text ?? `${stored.name} is not there.`);
      return 0;
    }
    if (values['roll'] === true && textOption(values, 'file') === undefined) {
      return rollAll({ values, terminal, stage, region, outputs, stored, before: undefined, written: undefined });
    }
    const file = textOption(values, 'file') ?? environment['MODEL_CONFIG_FILE'];
    if (file === undefined) {
      throw new OperatorFailure(
        'No config.yaml is named.',
        'give --file, or set MODEL_CONFIG_FILE (--show prints the stored one)',
      );
    }
    const text = readTextFile(file, 'name a config.yaml with --file');
    for (const warning of readConfig(text, file, region).warnings) terminal.note(`warning: ${warning}`);
    const changes = compareConfigs(before?.text, text);
    tell(changes, terminal);
    if (values['dry-run'] === true) return 0;
    if (isUnchanged(changes) && values['roll'] !== true) return 0;
    const written = await stored.write(text, before);
    terminal.out(`Uploaded to ${stored.name}.`);
    if (values['no-roll'] === true) return 0;
    return rollAll({ values, terminal, stage, region, outputs, stored, before, written });
  },
});

function tell({ added, removed, changed, sections }: ConfigChanges, { out }: Terminal): void {
  for (const name of added) out(`+ ${name}`);
  for (const name of removed) out(`- ${name}`);
  for (const name of changed) out(`~ ${name}`);
  for (const name of sections) out(`~ ${name} (settings)`);
  if (isUnchanged({ added, removed, changed, sections })) out('It says the same as what is stored.');
  if (added.length + changed.length > 0) {
    out(
      'New Bedrock models can be called once their role may: deploy too, unless BEDROCK_MODEL_ACCESS=all-foundation-models.',
    );
  }
}

interface Roll {
  readonly values: Values;
  readonly terminal: Terminal;
  readonly stage: string;
  readonly region: string;
  readonly outputs: Outputs;
  readonly stored: ConfigObject;
  readonly before: StoredConfig | undefined;
  /** Undefined, as `before`: nothing was uploaded that could be taken back. */
  readonly written: StoredConfig | undefined;
}

/** LiteLLM first: the gateway sends it calls of models that it has to know. */
async function rollAll({ values, terminal, stage, region, outputs, stored, before, written }: Roll): Promise<number> {
  if (outputs.platform !== 'ecs') {
    terminal.out('On EKS the deployments are started anew by:');
    const { litellmService, gatewayService } = outputs;
    for (const line of await kubectlLines([litellmService, gatewayService], { stage, region }))
      terminal.out(`  ${line}`);
    return 0;
  }
  const timeoutMs = Number(textOption(values, 'timeout') ?? '20') * 60_000;
  const pollMs = Number(textOption(values, 'poll-ms') ?? '5000');
  const roll = async () => {
    for (const service of [outputs.litellmService, outputs.gatewayService]) {
      await rollService({ region, cluster: outputs.cluster, service, timeoutMs, pollMs, say: terminal.out });
    }
  };
  try {
    await roll();
    return 0;
  } catch (error) {
    if (before === undefined || !(error instanceof OperatorFailure)) throw error;
    terminal.note(`${error.message}\n  Mend: ${error.mend}\nThe configuration of before is put back.`);
    await stored.write(before.text, written);
    await roll();
    terminal.note('The services run with the configuration of before.');
    return 1;
  }
}
