import type { Deployment } from '@genai-gateway/config';
import { Duration, type Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import type { Foundation } from '../foundation/foundation.ts';
import { uniqueName } from '../names.ts';

/**
 * The roles that people take to look after a deployment. Who of the account may take them is said in IAM, by
 * `sts:AssumeRole` on their names. They can do nothing until `build-access.ts` and the platform give them something.
 */
export function makePeople(stack: Stack, deployment: Deployment): Foundation['people'] {
  const make = (id: string, name: string, description: string) =>
    new Role(stack, id, {
      roleName: uniqueName(`litellm-stack-${name}`, deployment),
      description,
      assumedBy: new AccountRootPrincipal(),
      maxSessionDuration: Duration.hours(4),
    });
  return {
    developers: make('Developers', 'developers', 'Reads logs, metrics and the state of the services'),
    operators: make('Operators', 'operators', 'As developers, and changes model list, provider keys and services'),
  };
}
