import type { Deployment } from '@genai-gateway/config';
import type { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Compute } from '../compute/compute.ts';
import { queryResults } from '../data/buckets.ts';
import type { Data } from '../data/data.ts';
import type { Foundation } from '../foundation/foundation.ts';
import type { AllFunctions } from '../functions/functions.ts';
import { uniqueName } from '../names.ts';
import { attach } from './attach.ts';
import { allow } from './bedrock-access.ts';
import { through } from './key-through.ts';

interface Parts {
  readonly foundation: Foundation;
  readonly data: Data;
  readonly compute: Compute;
  readonly functions: AllFunctions;
}

/** ARNs of this account and region. */
type Arn = (service: string, resource: string) => string;

/**
 * What the roles of people may do, once everything is there that they look after. In a cluster of EKS they have rights
 * of Kubernetes besides, which the cluster gives them.
 */
export function buildAccess(stack: Stack, deployment: Deployment, parts: Parts): void {
  const arn: Arn = (service, resource) =>
    `arn:${stack.partition}:${service}:${stack.region}:${stack.account}:${resource}`;
  const { developers, operators } = parts.foundation.people;
  const looking = lookAfter(stack, deployment, parts, arn);
  attach(stack, developers, { purpose: 'DevelopersLook', statements: looking, reason });
  attach(stack, operators, { purpose: 'OperatorsLook', statements: looking, reason });
  attach(stack, operators, { purpose: 'OperatorsAsk', statements: askArchive(deployment, parts, arn), reason });
  attach(stack, operators, { purpose: 'OperatorsOperate', statements: operate(deployment, parts, arn), reason });
}

const reason =
  'Log groups, services, buckets and secrets are named. What ends in * are the streams of a log group, the tasks of a cluster, the tables of a database, objects of a folder and the alarms of the account; what is for everything are actions that list or measure, which name no resource.';

/** Logs, metrics, the dashboard, alarms, the state of services and stacks. Nothing that holds a secret or a prompt. */
function lookAfter(
  stack: Stack,
  deployment: Deployment,
  { compute, functions }: Parts,
  arn: Arn,
): readonly PolicyStatement[] {
  const logGroups = [compute.gateway, compute.litellm, ...Object.values(functions)].flatMap(({ logGroupName }) => [
    arn('logs', `log-group:${logGroupName}`),
    arn('logs', `log-group:${logGroupName}:*`),
  ]);
  return [
    ...allow(
      [
        'logs:DescribeLogStreams',
        'logs:FilterLogEvents',
        'logs:GetLogEvents',
        'logs:GetQueryResults',
        'logs:StartQuery',
      ],
      logGroups,
    ),
    ...allow(['cloudwatch:DescribeAlarms'], [arn('cloudwatch', 'alarm:*')]),
    ...allow(
      ['cloudwatch:GetDashboard'],
      [`arn:${stack.partition}:cloudwatch::${stack.account}:dashboard/${uniqueName('genai-gateway', deployment)}`],
    ),
    new PolicyStatement({
      actions: [
        'cloudformation:DescribeStacks',
        'cloudwatch:GetMetricData',
        'cloudwatch:GetMetricStatistics',
        'cloudwatch:ListDashboards',
        'cloudwatch:ListMetrics',
        'elasticloadbalancing:DescribeTargetHealth',
        'logs:DescribeLogGroups',
        'logs:StopQuery',
      ],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:RequestedRegion': [deployment.region, 'us-east-1'] } },
    }),
    ...lookAtPlatform(compute, arn),
  ];
}

function lookAtPlatform({ platform, clusterName, gateway, litellm }: Compute, arn: Arn): readonly PolicyStatement[] {
  if (platform === 'eks') return allow(['eks:DescribeCluster'], [arn('eks', `cluster/${clusterName}`)]);
  const cluster = arn('ecs', `cluster/${clusterName}`);
  return [
    ...allow(['ecs:DescribeClusters'], [cluster]),
    ...allow(
      ['ecs:DescribeServices'],
      [gateway, litellm].map(({ name }) => arn('ecs', `service/${clusterName}/${name}`)),
    ),
    ...allow(['ecs:DescribeTasks'], [arn('ecs', `task/${clusterName}/*`)]),
    new PolicyStatement({
      actions: ['ecs:ListServices', 'ecs:ListTasks'],
      resources: ['*'],
      conditions: { ArnEquals: { 'ecs:cluster': cluster } },
    }),
  ];
}

/** Another model list, other keys of providers, the master key, and services that start anew with them. */
function operate(
  deployment: Deployment,
  { foundation, data, compute, functions }: Parts,
  arn: Arn,
): readonly PolicyStatement[] {
  const { buckets, configKey, secrets } = data;
  const { clusterName, gateway, litellm } = compute;
  return [
    ...allow(['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject'], [buckets.config.arnForObjects(configKey)]),
    ...allow(['s3:ListBucket', 's3:ListBucketVersions'], [buckets.config.bucketArn]),
    through(foundation.keys.data, deployment, 's3', ['kms:Decrypt', 'kms:GenerateDataKey']),
    ...allow(['secretsmanager:GetSecretValue'], [secrets.masterKey.secretArn, secrets.providerKeys.secretArn]),
    ...allow(['secretsmanager:PutSecretValue'], [secrets.providerKeys.secretArn]),
    through(foundation.keys.secrets, deployment, 'secretsmanager', ['kms:Decrypt', 'kms:GenerateDataKey']),
    ...allow(['lambda:InvokeFunction'], [functions['secret-rotation'].functionArn]),
    ...(compute.platform === 'eks'
      ? []
      : [
          ...allow(
            ['ecs:UpdateService'],
            [gateway, litellm].map(({ name }) => arn('ecs', `service/${clusterName}/${name}`)),
          ),
          ...(deployment.isProduction ? [] : lookInto(clusterName, arn)),
        ]),
  ];
}

/** SQL over the archive of request logs: the operators' alone, as prompts may be in there (REQUEST_LOG_CONTENT). */
function askArchive(deployment: Deployment, { foundation, data }: Parts, arn: Arn): readonly PolicyStatement[] {
  const { databaseName, workGroupName } = data.requestLogQueries;
  const { archive } = data.buckets;
  return [
    ...allow(
      [
        'athena:BatchGetNamedQuery',
        'athena:GetNamedQuery',
        'athena:GetQueryExecution',
        'athena:GetQueryResults',
        'athena:GetWorkGroup',
        'athena:ListNamedQueries',
        'athena:ListQueryExecutions',
        'athena:StartQueryExecution',
        'athena:StopQueryExecution',
      ],
      [arn('athena', `workgroup/${workGroupName}`)],
    ),
    // A view is a table too, made by a query.
    ...allow(
      ['glue:CreateTable', 'glue:GetDatabase', 'glue:GetTable', 'glue:GetTables', 'glue:UpdateTable'],
      ['catalog', `database/${databaseName}`, `table/${databaseName}/*`].map((each) => arn('glue', each)),
    ),
    ...allow(
      ['s3:GetObject'],
      ['requests', queryResults].map((each) => archive.arnForObjects(`${each}/*`)),
    ),
    ...allow(['s3:PutObject'], [archive.arnForObjects(`${queryResults}/*`)]),
    ...allow(['s3:GetBucketLocation', 's3:ListBucket'], [archive.bucketArn]),
    through(foundation.keys.data, deployment, 's3', ['kms:Decrypt', 'kms:GenerateDataKey']),
  ];
}

/** A shell in a container, which no production service has. */
function lookInto(clusterName: string, arn: Arn): readonly PolicyStatement[] {
  return allow(['ecs:ExecuteCommand'], [arn('ecs', `cluster/${clusterName}`), arn('ecs', `task/${clusterName}/*`)]);
}
