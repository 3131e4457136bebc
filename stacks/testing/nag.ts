import { Aspects, type Stack, Stage } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';

/** What cdk-nag's AwsSolutions rules find in a stack and nobody has answered with a reason; empty: it is clean. */
export function nagFindings(stack: Stack): readonly string[] {
  Aspects.of(stack).add(new AwsSolutionsChecks());
  // A stack that was synthesised before is not looked at again, and would seem clean.
  Stage.of(stack)?.synth({ force: true });
  const annotations = Annotations.fromStack(stack);
  return [...annotations.findError('*', Match.anyValue()), ...annotations.findWarning('*', Match.anyValue())]
    .map(({ id, entry }) => `${id}: ${String(entry.data).split('\n')[0]}`)
    .filter((finding) => /: (?:AwsSolutions-|CdkNagValidationFailure)/.test(finding));
}
