import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { lambdaCode } from '../../lambda-code.ts';

/** How long CloudFormation waits for an answer: an hour, unless a resource says less. */
export const serviceTimeout = Duration.minutes(5);

export interface CustomResourceFunctionProps {
  readonly description: string;
  /** Path of the handler from the root of the project. */
  readonly entry: string;
  readonly logsKey: IKey;
  readonly statements: readonly PolicyStatement[];
}

/**
 * A function that CloudFormation calls at deployments. It answers by itself, without CDK's provider framework in
 * between: that is a second function with a role of its own, for work that takes seconds. It stands outside of the
 * VPC, so that it works whatever ways out that has; it listens to nobody but CloudFormation.
 */
export class CustomResourceFunction extends Construct {
  /** What a resource names to be made by it. */
  readonly serviceToken: string;

  constructor(scope: Construct, id: string, { description, entry, logsKey, statements }: CustomResourceFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.ONE_MONTH,
      encryptionKey: logsKey,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    for (const statement of statements) role.addToPolicy(statement);
    const handler = new LambdaFunction(this, 'Function', {
      description,
      code: lambdaCode(entry),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 256,
      timeout: Duration.minutes(1),
      role,
      logGroup,
    });
    // The role's policy is a resource of its own, and has to be there before the first call.
    handler.node.addDependency(role);
    this.serviceToken = handler.functionArn;
  }
}
