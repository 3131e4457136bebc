import type { Deployment } from '@genai-gateway/config';
import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { NagSuppressions } from 'cdk-nag';
import { type App, Function as SstFunction } from 'sst/constructs';
import type { Foundation } from '../foundation/foundation.ts';
import { logGroup } from '../log-groups.ts';
import type { Network } from '../network/network.ts';
import type { FunctionFacts, FunctionName } from './functions.ts';

export interface FunctionPlan {
  /** The folder of `functions/`, whose `src/handler.ts` exports `handler`. */
  readonly name: FunctionName;
  readonly description: string;
  readonly memoryMib: number;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Files that it reads, by their paths in the repository; they have the same paths in the function's folder. */
  readonly files: readonly string[];
  /** What it may do beside writing its log. */
  readonly statements: readonly PolicyStatement[];
  /** Answers cdk-nag where an ARN of these ends in `*`. */
  readonly wildcards: string;
  /** Its group in the VPC; undefined: it is outside of the VPC. */
  readonly securityGroup: ISecurityGroup | undefined;
  /** How many may run at one time; undefined: as many as the account lets run. */
  readonly concurrency: number | undefined;
  /** How long an event that was not called for at once is tried again, in hours. */
  readonly eventHours: number;
}

export interface MadeFunction {
  readonly facts: FunctionFacts;
  readonly function: SstFunction;
  readonly deadLetters: Queue;
}

const RUNTIME = 'nodejs24.x';
/** The longest that SQS keeps a message. */
const DEAD_LETTER_DAYS = 14;

/**
 * A function of `functions/`, by SST's own construct, so that `sst dev` can run it on a laptop: bundled into one file
 * at a deployment, with a role, a log group and a queue of dead letters of its own. Lambda tries an event that nobody
 * waits for three times; what fails then is in the queue, whole.
 */
export function lambdaFunction(
  stack: Stack,
  deployment: Deployment,
  { foundation, network }: { readonly foundation: Foundation; readonly network: Network },
  plan: FunctionPlan,
): MadeFunction {
  const id = plan.name.replace(/(^|-)(\w)/g, (_whole, _dash, letter: string) => letter.toUpperCase());
  const logs = logGroup(stack, `${id}Logs`, deployment, foundation);
  const deadLetters = deadLetterQueue(stack, `${id}DeadLetters`);
  const made = new SstFunction(stack, id, {
    description: plan.description,
    handler: `functions/${plan.name}/src/handler.handler`,
    runtime: RUNTIME,
    architecture: 'arm_64',
    memorySize: plan.memoryMib,
    timeout: plan.timeoutSeconds,
    tracing: 'disabled',
    // Names stay readable in stack traces, as in the gateway's bundle.
    nodejs: {
      format: 'esm',
      sourcemap: false,
      esbuild: {
        minifySyntax: true,
        minifyWhitespace: true,
        legalComments: 'none',
        // A driver in C that `pg` asks for and does without; unless it is named here SST would install it.
        external: ['pg-native'],
      },
    },
    copyFiles: plan.files.map((from) => ({ from })),
    environment: { POWERTOOLS_SERVICE_NAME: plan.name, ...plan.environment },
    role: functionRole(stack, id, { plan, logGroupArn: logs.logGroupArn }),
    logGroup: logs,
    deadLetterQueue: deadLetters,
    retryAttempts: 2,
    maxEventAge: Duration.hours(plan.eventHours),
    ...(plan.concurrency === undefined ? {} : { reservedConcurrentExecutions: plan.concurrency }),
    ...(plan.securityGroup === undefined
      ? {}
      : {
          vpc: network.vpc,
          vpcSubnets: { subnets: [...network.subnets.private] },
          securityGroups: [plan.securityGroup],
        }),
  });
  // SST says so itself when it has bundled the code; without that, in a proof, its placeholder has an older one.
  if ((stack.node.root as App).mode !== 'dev') (made.node.defaultChild as CfnFunction).runtime = RUNTIME;
  return {
    function: made,
    deadLetters,
    facts: {
      functionName: made.functionName,
      functionArn: made.functionArn,
      deadLetterQueueName: deadLetters.queueName,
      logGroupName: logs.logGroupName,
    },
  };
}

function deadLetterQueue(stack: Stack, id: string): Queue {
  const queue = new Queue(stack, id, {
    // By SQS's own key: EventBridge would need a statement in a key of ours, and no text of a person is in an event.
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(DEAD_LETTER_DAYS),
    removalPolicy: RemovalPolicy.DESTROY,
  });
  NagSuppressions.addResourceSuppressions(queue, [
    { id: 'AwsSolutions-SQS3', reason: 'It is itself where a function and its schedules leave dead letters.' },
  ]);
  return queue;
}

/**
 * What Lambda does with a function's role to put it into a VPC, as its guide says it: what describes works for everything
 * or not at all. https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html (as of 2026-11-23).
 */
const lookingAround = ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'];
const makingInterfaces = [
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

function functionRole(
  stack: Stack,
  id: string,
  { plan, logGroupArn }: { readonly plan: FunctionPlan; readonly logGroupArn: string },
): Role {
  const role = new Role(stack, `${id}Role`, {
    description: `The function ${plan.name}`,
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
  });
  role.addToPolicy(
    new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroupArn] }),
  );
  for (const statement of plan.statements) role.addToPolicy(statement);
  if (plan.securityGroup !== undefined) {
    const inRegion = `arn:${stack.partition}:ec2:${stack.region}:${stack.account}:*/*`;
    role.addToPolicy(new PolicyStatement({ actions: [...lookingAround], resources: ['*'] }));
    role.addToPolicy(new PolicyStatement({ actions: [...makingInterfaces], resources: [inRegion] }));
    // Lambda's right, and not that of the code which runs in the function.
    role.addToPolicy(
      new PolicyStatement({
        effect: Effect.DENY,
        actions: [...lookingAround, ...makingInterfaces],
        resources: ['*'],
        conditions: {
          ArnLike: {
            'lambda:SourceFunctionArn': `arn:${stack.partition}:lambda:${stack.region}:${stack.account}:function:*`,
          },
        },
      }),
    );
  }
  const interfaces = 'Network interfaces of a function have no name before they are there. ';
  NagSuppressions.addResourceSuppressions(
    role,
    [
      {
        id: 'AwsSolutions-IAM5',
        reason: `${plan.securityGroup === undefined ? '' : interfaces}${plan.wildcards}`,
      },
    ],
    true,
  );
  return role;
}
