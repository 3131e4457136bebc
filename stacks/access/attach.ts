import { Stack } from 'aws-cdk-lib';
import { type IRole, ManagedPolicy, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { NagSuppressions } from 'cdk-nag';
import type { Construct } from 'constructs';

/** A managed policy holds 6,144 characters without white space; names that are known at deployment only are longer here. */
const POLICY_CHARACTERS = 5_600;
/** What AWS lets a role have without a quota rise, less one for whoever attaches something more. */
const MAX_POLICIES = 9;

/**
 * Gives a role what the statements say, by managed policies of its own: a role's inline policies hold 10,240 characters
 * in all, and a long model list has more. They stand in `scope`, which may be in a later stack than the role: what they name
 * may be too. `reason` answers cdk-nag where an ARN ends in `*`.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html (as of 2026-11-23).
 * Throws when the role would need more policies than it may have.
 */
export function attach(
  scope: Construct,
  role: IRole,
  { purpose, statements, reason }: { purpose: string; statements: readonly PolicyStatement[]; reason: string },
): void {
  const stack = Stack.of(scope);
  const policies: PolicyStatement[][] = [];
  let room = 0;
  for (const statement of statements) {
    const size = JSON.stringify(stack.resolve(statement.toStatementJson())).length;
    if (size > room) {
      policies.push([]);
      room = POLICY_CHARACTERS;
    }
    policies.at(-1)?.push(statement);
    room -= size;
  }
  if (policies.length > MAX_POLICIES) {
    throw new Error(
      `The model list needs ${policies.length} policies, and a role takes ${MAX_POLICIES}. Name fewer models or regions, or set BEDROCK_MODEL_ACCESS=all-foundation-models.`,
    );
  }
  policies.forEach((part, index) => {
    const policy = new ManagedPolicy(scope, `${purpose}${index + 1}`, {
      description: purpose,
      roles: [role],
      statements: part,
    });
    NagSuppressions.addResourceSuppressions(policy, [{ id: 'AwsSolutions-IAM5', reason }]);
  });
}
