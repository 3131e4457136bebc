import { type Estimators, field, line, listOf } from './estimator.ts';

/** What is watched. */
export const operationsEstimators: Estimators = {
  'AWS::Logs::LogGroup': ({ context }) => [
    line('CloudWatch', 'logs in GB', 'log-ingestion', context.traffic.logGb / context.count('AWS::Logs::LogGroup')),
  ],
  'AWS::Logs::MetricFilter': ({ properties, context }) => {
    const transformations = listOf(properties['MetricTransformations']);
    const series = transformations.map((each) => (hasDimensions(each) ? context.traffic.modelsInUse : 1));
    return [
      line(
        'CloudWatch',
        'metrics of our own',
        'custom-metric',
        series.reduce<number>((sum, each) => sum + each, 0),
      ),
    ];
  },
  'AWS::CloudWatch::Alarm': () => [line('CloudWatch', 'alarms', 'alarm')],
  'AWS::CloudWatch::CompositeAlarm': () => [line('CloudWatch', 'alarms', 'alarm', 5)],
  'AWS::CloudWatch::Dashboard': () => [line('CloudWatch', 'dashboards', 'dashboard')],
};

function hasDimensions(transformation: unknown): boolean {
  return listOf(field(transformation, 'Dimensions')).length > 0;
}
