import { checks, examine } from './doctor/examine.ts';
import { type Finding, notChecked, type Patient } from './doctor/finding.ts';
import { configurationOf } from './doctor/patient.ts';
import { OperatorFailure, requiredOption, runCommand } from './shared/command.ts';
import { type DeployedStack, readDeployedStacks } from './shared/deployed.ts';
import { placeOf } from './shared/environment.ts';

await runCommand({
  help: `Looks at everything that a deployment needs, and at the deployment if there is one. Changes nothing.

  npm run doctor -- --stage STAGE [--region REGION] [--json]

Every line is ok, warn, fail or not checked: what was found, and below it the mend. What the credentials may not look at
is not checked, and the rest is. Exit code 1 when something fails.`,
  options: { stage: { type: 'string' }, region: { type: 'string' }, json: { type: 'boolean' } },
  run: async (values, { out }) => {
    const stage = requiredOption(values, 'stage', 'dev');
    const { environment, region } = placeOf(values);
    const all: Finding[] = [];
    const tell = (findings: readonly Finding[]) => {
      all.push(...findings);
      if (values['json'] !== true) for (const finding of findings) out(textOf(finding));
    };
    const { stacks, findings } = await listStacks(stage, region);
    const patient: Patient = { stage, region, environment, ...configurationOf(stage, region, environment), stacks };
    for (const check of checks) tell(await examine(check, patient));
    tell(findings);
    const count = (status: Finding['status']) => all.filter((each) => each.status === status).length;
    if (values['json'] === true) out(JSON.stringify(all, undefined, 2));
    else out(`\n${count('ok')} ok, ${count('warn')} warn, ${count('fail')} fail, ${count('not checked')} not checked`);
    return count('fail') === 0 ? 0 : 1;
  },
});

async function listStacks(
  stage: string,
  region: string,
): Promise<{ readonly stacks: readonly DeployedStack[] | undefined; readonly findings: readonly Finding[] }> {
  try {
    return { stacks: await readDeployedStacks(stage, region), findings: [] };
  } catch (error) {
    if (!(error instanceof OperatorFailure)) throw error;
    return { stacks: undefined, findings: [notChecked('stacks', error.message, error.mend)] };
  }
}

function textOf({ status, about, says, mend }: Finding): string {
  const line = `${status.padEnd(12)}${about}: ${says}`;
  return mend === undefined ? line : `${line}\n${''.padEnd(12)}→ ${mend}`;
}
