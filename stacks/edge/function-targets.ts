import { type FunctionTarget, routeTable } from '@genai-gateway/config';
import { Names, type Stack } from 'aws-cdk-lib';
import {
  ApplicationTargetGroup,
  type IApplicationTargetGroup,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import type { Functions } from '../functions/functions.ts';

export type FunctionTargets = Readonly<Record<FunctionTarget, IApplicationTargetGroup>>;

/**
 * A target group for each function of the route table, with all values of a header. The load balancer may call a
 * function through its own target group alone: that has a name, because the right comes before the group, which
 * CloudFormation makes with its target in it. No health checks: each would be a call.
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html (as of 2026-11-23).
 */
export function functionTargets(stack: Stack, functions: Functions): FunctionTargets {
  const names = new Set(routeTable.flatMap(({ target }) => (target === 'gateway' ? [] : [target])));
  return Object.fromEntries(
    [...names].map((name) => [name, targetGroup(stack, name, functions[name].functionArn)]),
  ) as FunctionTargets;
}

function targetGroup(stack: Stack, name: FunctionTarget, functionArn: string): IApplicationTargetGroup {
  const id = `Targets-${name}`;
  // 32 characters at most, letters, digits and dashes; the end is a hash of the stack's own name.
  const targetGroupName = `${name.slice(0, 14)}-${Names.uniqueResourceName(stack, { maxLength: 16, separator: '-' })}`;
  const permission = new CfnPermission(stack, `${id}-Permission`, {
    action: 'lambda:InvokeFunction',
    functionName: functionArn,
    principal: 'elasticloadbalancing.amazonaws.com',
    sourceAccount: stack.account,
    sourceArn: stack.formatArn({
      service: 'elasticloadbalancing',
      resource: 'targetgroup',
      resourceName: `${targetGroupName}/*`,
    }),
  });
  const group = new ApplicationTargetGroup(stack, id, {
    targetGroupName,
    // As an ARN: CDK's own target would write a right for every load balancer into the function's stack.
    targets: [
      { attachToApplicationTargetGroup: () => ({ targetType: TargetType.LAMBDA, targetJson: { id: functionArn } }) },
    ],
  });
  group.setAttribute('lambda.multi_value_headers.enabled', 'true');
  group.node.addDependency(permission);
  return group;
}
