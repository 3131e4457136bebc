import type { Deployment } from '@genai-gateway/config';
import type { Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { alarmTopic, tellOfRollbacks } from './alarm-topic.ts';
import { alarmPlans } from './alarms.ts';
import { dashboard } from './dashboard.ts';
import { countLogLines, countSetAside } from './log-metrics.ts';
import type { OperationsParts } from './operations-parts.ts';

/** Metrics out of the gateway's log, one dashboard, and alarms that say what to do. */
export function buildOperations(stack: Stack, deployment: Deployment, parts: OperationsParts): void {
  countLogLines(stack, deployment, parts.compute);
  countSetAside(stack, deployment, parts.functions['log-compaction'].logGroupName);
  const topic = alarmTopic(stack, deployment, parts.foundation);
  const action = new SnsAction(topic);
  for (const [name, plan] of Object.entries(alarmPlans(deployment, parts))) {
    const alarm = new Alarm(stack, `Alarm${name}`, {
      metric: plan.metric,
      threshold: plan.threshold,
      comparisonOperator: plan.when ?? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: plan.periods,
      treatMissingData: plan.missing ?? TreatMissingData.NOT_BREACHING,
      alarmDescription: plan.description,
    });
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }
  tellOfRollbacks(stack, parts.compute, topic);
  dashboard(stack, deployment, parts);
}
