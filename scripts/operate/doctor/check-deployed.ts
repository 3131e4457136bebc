import { CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { DescribeTargetHealthCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { stateOf } from '../config-push/roll.ts';
import { clientOptions } from '../shared/aws.ts';
import { call } from '../shared/call.ts';
import { OperatorFailure } from '../shared/command.ts';
import { type DeployedStack, type Outputs, outputsOf } from '../shared/deployed.ts';
import { type Finding, fail, notChecked, ok, type Patient, warn } from './finding.ts';

/** The state of each stack; the migration is a part of `compute`, which fails when it does. */
export async function checkStacks({ stage, stacks }: Patient): Promise<readonly Finding[]> {
  if (stacks === undefined) return [];
  if (stacks.length === 0) {
    return [warn('stacks', `stage ${stage} is not deployed`, `npm run deploy -- --stage ${stage}`)];
  }
  return stacks.map((stack) => judgeStack(stack));
}

export function judgeStack({ name, id, status, statusReason }: DeployedStack): Finding {
  const about = `stack ${id}`;
  if (/^(CREATE|UPDATE)_COMPLETE$/.test(status)) return ok(about, status);
  if (/IN_PROGRESS$/.test(status)) return warn(about, status, 'wait until it is done');
  const migration =
    id === 'compute' ? '; when the migration failed, its task says why in the log group of the migration' : '';
  return fail(
    about,
    `${status}${statusReason === undefined ? '' : `: ${statusReason}`}`,
    `aws cloudformation describe-stack-events --stack-name ${name} tells the first resource that failed${migration}; docs/deploy/rollback.md`,
  );
}

export async function checkServices(patient: Patient): Promise<readonly Finding[]> {
  const outputs = deployedOutputs(patient);
  if (outputs === undefined) return [];
  if (outputs.platform !== 'ecs') {
    const mend = 'kubectl get pods --all-namespaces, with a role that has access to the cluster';
    return [notChecked('services', 'they are in Kubernetes, which this command does not ask', mend)];
  }
  const services = [outputs.gatewayService, outputs.litellmService];
  const client = new ECSClient(clientOptions(patient.region));
  const answer = await client.send(new DescribeServicesCommand({ cluster: outputs.cluster, services }));
  return services.map((name) => {
    const service = answer.services?.find(({ serviceName, serviceArn }) => serviceName === name || serviceArn === name);
    const { line, isDone, hasFailed } = stateOf(service, undefined);
    const about = `service ${name}`;
    const last = service?.events?.[0]?.message;
    if (isDone) return ok(about, line);
    const mend = `its log group, and: ${last ?? 'aws ecs describe-services has its events'}`;
    return hasFailed ? fail(about, line, mend) : warn(about, line, mend);
  });
}

export async function checkTargets(patient: Patient): Promise<readonly Finding[]> {
  const outputs = deployedOutputs(patient);
  if (outputs === undefined) return [];
  const client = new ElasticLoadBalancingV2Client(clientOptions(patient.region));
  const command = new DescribeTargetHealthCommand({ TargetGroupArn: outputs.gatewayTargetGroup });
  const targets = (await client.send(command)).TargetHealthDescriptions ?? [];
  const states = targets.map(({ TargetHealth }) => TargetHealth?.State ?? 'unknown');
  const healthy = states.filter((each) => each === 'healthy').length;
  const says = `${healthy} of ${states.length} gateways are healthy (${[...new Set(states)].join(', ') || 'none registered'})`;
  const reason = targets.find(({ TargetHealth }) => TargetHealth?.State === 'unhealthy')?.TargetHealth?.Description;
  const mend = `the gateway's log says what it waits for before it is ready${reason === undefined ? '' : `; the load balancer says: ${reason}`}`;
  if (healthy === 0) return [fail('targets', says, mend)];
  return [healthy === states.length ? ok('targets', says) : warn('targets', says, mend)];
}

export async function checkAlarms({ stage, region, stacks }: Patient): Promise<readonly Finding[]> {
  if (stacks === undefined || stacks.length === 0) return [];
  const client = new CloudWatchClient(clientOptions(region));
  const findings: Finding[] = [];
  let count = 0;
  // Names that CloudFormation makes begin with that of the stack.
  for await (const page of paginateDescribeAlarms({ client }, { AlarmNamePrefix: `${stage}-genai-gateway-` })) {
    for (const { AlarmName, AlarmDescription, StateValue, StateReason } of page.MetricAlarms ?? []) {
      count += 1;
      if (StateValue !== 'ALARM') continue;
      findings.push(fail('alarm', `${AlarmName}: ${StateReason}`, AlarmDescription ?? 'docs/deploy/monitoring.md'));
    }
  }
  if (findings.length > 0) return findings;
  return [
    count === 0
      ? warn('alarms', 'there are none', 'deploy the stack operations')
      : ok('alarms', `${count}, none in alarm`),
  ];
}

/** Whether the address answers as a gateway that is ready, from here. */
export async function checkUrl(patient: Patient): Promise<readonly Finding[]> {
  const outputs = deployedOutputs(patient);
  if (outputs === undefined) return [];
  const { url } = outputs;
  try {
    const { status, json } = await call(`${url}/health/readiness`);
    const litellm = (json as { planes?: { litellm?: unknown } } | undefined)?.planes?.litellm;
    if (status === 200)
      return [ok('address', `${url} is ready${litellm === undefined ? '' : `, LiteLLM: ${JSON.stringify(litellm)}`}`)];
    return [fail('address', `${url}/health/readiness answered ${status}`, 'see the targets and the services above')];
  } catch (error) {
    if (!(error instanceof OperatorFailure)) throw error;
    const isPrivate = patient.deployment?.entrance.kind === 'private';
    return [isPrivate ? notChecked('address', error.message, error.mend) : fail('address', error.message, error.mend)];
  }
}

/** Undefined where nothing is deployed, or not all of it: the stacks say so. */
function deployedOutputs({ stage, region, stacks }: Patient): Outputs | undefined {
  if (stacks === undefined || stacks.length === 0) return undefined;
  return outputsOf(stacks, stage, region);
}
