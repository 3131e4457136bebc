import { CloudFormationClient, paginateDescribeStacks } from '@aws-sdk/client-cloudformation';
import { outputNames } from '../../../stacks/output-names.ts';
import { awsFailure, clientOptions } from './aws.ts';
import { OperatorFailure } from './command.ts';

export interface DeployedStack {
  readonly name: string;
  /** As in stacks/gateway-app.ts: `network`, `data`, … */
  readonly id: string;
  /** CloudFormation's word, such as `UPDATE_COMPLETE`. */
  readonly status: string;
  readonly statusReason: string | undefined;
  readonly outputs: Readonly<Record<string, string>>;
}

/** The stacks of a stage, as SST names them: `STAGE-genai-gateway-ID`. Rejects with OperatorFailure. */
export async function readDeployedStacks(stage: string, region: string): Promise<readonly DeployedStack[]> {
  const client = new CloudFormationClient(clientOptions(region));
  const prefix = `${stage}-genai-gateway-`;
  const found: DeployedStack[] = [];
  try {
    for await (const page of paginateDescribeStacks({ client }, {})) {
      for (const { StackName = '', StackStatus = '', StackStatusReason, Outputs = [] } of page.Stacks ?? []) {
        if (!StackName.startsWith(prefix)) continue;
        const outputs = Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]);
        found.push({
          name: StackName,
          id: StackName.slice(prefix.length),
          status: StackStatus,
          statusReason: StackStatusReason,
          outputs: Object.fromEntries(outputs) as Record<string, string>,
        });
      }
    }
  } catch (error) {
    throw awsFailure(error, `The stacks of ${stage} in ${region} cannot be listed`);
  } finally {
    client.destroy();
  }
  return found;
}

export type Outputs = Readonly<Record<keyof typeof outputNames, string>>;

/** What a finished deployment says of itself. Throws OperatorFailure where it is not there, or not whole. */
export function outputsOf(stacks: readonly DeployedStack[], stage: string, region: string): Outputs {
  const all: Readonly<Record<string, string>> = Object.assign({}, ...stacks.map(({ outputs }) => outputs));
  const entries = Object.entries(outputNames).map(([key, name]) => [key, all[name]] as const);
  if (stacks.length === 0) {
    throw new OperatorFailure(
      `There is no deployment of stage ${stage} in ${region}.`,
      `check --stage and --region, or deploy it: npm run deploy -- --stage ${stage}`,
    );
  }
  const missing = entries.filter(([, value]) => value === undefined).map(([key]) => outputNames[key as keyof Outputs]);
  if (missing.length > 0) {
    throw new OperatorFailure(
      `The deployment of ${stage} is not whole: its stacks have no output ${missing.join(', ')}.`,
      `let it end: npm run deploy -- --stage ${stage}, and look at it with npm run doctor -- --stage ${stage}`,
    );
  }
  return Object.fromEntries(entries) as Record<keyof Outputs, string>;
}
