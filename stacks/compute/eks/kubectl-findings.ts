import type { Stack } from 'aws-cdk-lib';
import { KubectlProvider } from 'aws-cdk-lib/aws-eks';
import { NagSuppressions } from 'cdk-nag';

/** What cdk-nag finds in the functions by which CDK runs kubectl, and why it stands. */
export function suppressKubectlFindings(stack: Stack): void {
  for (const provider of stack.node.findAll().filter((each) => each instanceof KubectlProvider)) {
    NagSuppressions.addResourceSuppressions(
      provider,
      [
        {
          id: 'AwsSolutions-IAM4',
          reason: 'What every Lambda function needs: its log, and network interfaces in a VPC',
        },
        {
          id: 'AwsSolutions-IAM5',
          reason: 'The framework of CDK may invoke every version of the one kubectl function',
        },
        {
          id: 'AwsSolutions-L1',
          reason: 'The runtime of functions that CDK brings is chosen by CDK, of the pinned version',
        },
      ],
      true,
    );
  }
}
