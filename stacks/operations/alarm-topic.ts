import type { Deployment } from '@genai-gateway/config';
import { CfnOutput, Fn, type Stack } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Compute } from '../compute/compute.ts';
import type { Foundation } from '../foundation/foundation.ts';

/** Where alarms go: encrypted, by TLS alone, from this account's alarms and events alone. */
export function alarmTopic(stack: Stack, deployment: Deployment, { keys }: Foundation): Topic {
  const topic = new Topic(stack, 'AlarmTopic', {
    displayName: `GenAI gateway ${deployment.stage}`,
    enforceSSL: true,
    // By its ARN: the key lets alarms and events in already, and needs no further statement.
    masterKey: Key.fromKeyArn(stack, 'AlarmKey', keys.logs.keyArn),
  });
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'Alarms',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
    }),
  );
  const { alarmEmail } = deployment.operations;
  if (alarmEmail !== undefined) topic.addSubscription(new EmailSubscription(alarmEmail));
  new CfnOutput(stack, 'AlarmTopicArn', { value: topic.topicArn, description: 'Subscribe here to hear of alarms.' });
  return topic;
}

/**
 * Tells of a deployment that failed and of tasks that went back to the last one that worked, which no metric shows.
 * ECS alone: Kubernetes keeps the old pods by itself, and `kubectl rollout status` says so.
 */
export function tellOfRollbacks(stack: Stack, compute: Compute, topic: Topic): void {
  if (compute.platform !== 'ecs') return;
  const services = [compute.gateway, compute.litellm].map(({ name }) =>
    Fn.join('', [
      `arn:${stack.partition}:ecs:${stack.region}:${stack.account}:service/`,
      compute.clusterName,
      '/',
      name,
    ]),
  );
  new Rule(stack, 'DeploymentFailed', {
    description: 'A deployment of a service failed and was rolled back',
    eventPattern: {
      source: ['aws.ecs'],
      detailType: ['ECS Deployment State Change'],
      resources: services,
      detail: { eventName: ['SERVICE_DEPLOYMENT_FAILED'] },
    },
    targets: [
      new SnsTopic(topic, {
        message: RuleTargetInput.fromText(
          `A deployment of ${EventField.fromPath('$.resources[0]')} failed and is rolled back: ` +
            `${EventField.fromPath('$.detail.reason')} Look into the log of the service for the tasks that did not ` +
            'become healthy, mend it, and deploy again.',
        ),
      }),
    ],
  });
}
