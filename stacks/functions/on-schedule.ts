import { Duration, type Stack } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, type Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { MadeFunction } from './lambda-function.ts';

/** Calls a function by the clock; what cannot even be handed to it is in its dead letters as well. */
export function onSchedule(
  stack: Stack,
  id: string,
  { function: target, deadLetters }: MadeFunction,
  plan: { readonly description: string; readonly schedule: Schedule; readonly task: Readonly<Record<string, unknown>> },
): void {
  new Rule(stack, id, {
    description: plan.description,
    schedule: plan.schedule,
    targets: [
      new LambdaFunction(target, {
        event: RuleTargetInput.fromObject(plan.task),
        deadLetterQueue: deadLetters,
        retryAttempts: 4,
        maxEventAge: Duration.hours(1),
      }),
    ],
  });
}
