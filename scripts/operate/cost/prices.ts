/**
 * List prices of us-east-1, on demand, in USD, without free tiers. They were not fetched from AWS: this repository has
 * been made without a way to its price list. `checked` says what stands behind a row: `derived` is worked out of
 * amounts that AWS has published for a system of known sizes, `remembered` is known from AWS's pricing pages as they
 * were before the date. Compare them with `source` before a decision hangs on them.
 */
export interface Price {
  readonly usd: number;
  /** What one unit is: a month has 730 hours. */
  readonly unit: 'hour' | 'GB' | 'GB-month' | 'month' | 'million' | 'LCU-hour' | 'metric-month';
  readonly source: string;
  readonly asOf: string;
  readonly checked: 'derived' | 'remembered';
}

const asOf = '2026-11-23';
const page = (name: string) => `https://aws.amazon.com/${name}/pricing/`;
const rowOf =
  (checked: Price['checked']) =>
  (usd: number, unit: Price['unit'], source: string): Price => ({ usd, unit, source, asOf, checked });
const [derived, remembered] = [rowOf('derived'), rowOf('remembered')];

const [rds, cache, ec2, cloudwatch, vpc] = [
  page('rds/postgresql'),
  page('elasticache'),
  page('ec2/on-demand'),
  page('cloudwatch'),
  page('vpc'),
];

export const prices: Readonly<Record<string, Price>> = {
  'fargate-arm-vcpu': derived(0.03238, 'hour', page('fargate')),
  'fargate-arm-gb': derived(0.00356, 'hour', page('fargate')),
  'fargate-x86-vcpu': remembered(0.04048, 'hour', page('fargate')),
  'fargate-x86-gb': remembered(0.004445, 'hour', page('fargate')),
  'lambda-arm-gb-second': remembered(13.3334, 'million', page('lambda')),
  'lambda-requests': remembered(0.2, 'million', page('lambda')),
  'eks-cluster': derived(0.1, 'hour', page('eks')),
  'ec2:t4g.nano': remembered(0.0042, 'hour', ec2),
  'ec2:t4g.small': remembered(0.0168, 'hour', ec2),
  'ec2:t4g.medium': derived(0.0336, 'hour', ec2),
  'ec2:t4g.large': remembered(0.0672, 'hour', ec2),
  'ec2:t3.medium': remembered(0.0416, 'hour', ec2),
  'ec2:t3.large': remembered(0.0832, 'hour', ec2),
  'ec2:m7g.large': remembered(0.0816, 'hour', ec2),
  'ebs-gp3': remembered(0.08, 'GB-month', page('ebs')),
  'nat-gateway': remembered(0.045, 'hour', vpc),
  'nat-data': remembered(0.045, 'GB', vpc),
  'public-ipv4': remembered(0.005, 'hour', vpc),
  'interface-endpoint': remembered(0.01, 'hour', page('privatelink')),
  'interface-endpoint-data': remembered(0.01, 'GB', page('privatelink')),
  'load-balancer': remembered(0.0225, 'hour', page('elasticloadbalancing')),
  'load-balancer-lcu': remembered(0.008, 'LCU-hour', page('elasticloadbalancing')),
  'rds-multi-az:t4g.micro': remembered(0.032, 'hour', rds),
  'rds-multi-az:t4g.small': remembered(0.065, 'hour', rds),
  'rds-multi-az:t4g.medium': remembered(0.13, 'hour', rds),
  'rds-multi-az:t4g.large': remembered(0.26, 'hour', rds),
  'rds-multi-az:t3.small': remembered(0.072, 'hour', rds),
  'rds-multi-az:t3.medium': remembered(0.145, 'hour', rds),
  'rds-single-az:t4g.micro': remembered(0.016, 'hour', rds),
  'rds-single-az:t4g.small': remembered(0.032, 'hour', rds),
  'rds-single-az:t4g.medium': remembered(0.065, 'hour', rds),
  'rds-storage-multi-az': remembered(0.23, 'GB-month', rds),
  'rds-storage-single-az': remembered(0.115, 'GB-month', rds),
  'valkey:cache.t4g.micro': remembered(0.0128, 'hour', cache),
  'valkey:cache.t4g.small': remembered(0.0256, 'hour', cache),
  'valkey:cache.t4g.medium': remembered(0.052, 'hour', cache),
  'valkey:cache.t3.micro': remembered(0.0136, 'hour', cache),
  'redis:cache.t4g.micro': remembered(0.016, 'hour', cache),
  'redis:cache.t3.micro': derived(0.017, 'hour', cache),
  'dynamodb-write': remembered(0.625, 'million', page('dynamodb/on-demand')),
  'dynamodb-read': remembered(0.125, 'million', page('dynamodb/on-demand')),
  'dynamodb-storage': remembered(0.25, 'GB-month', page('dynamodb/on-demand')),
  'dynamodb-recovery': remembered(0.2, 'GB-month', page('dynamodb/on-demand')),
  's3-storage': remembered(0.023, 'GB-month', page('s3')),
  's3-put': remembered(5, 'million', page('s3')),
  'ecr-storage': remembered(0.1, 'GB-month', page('ecr')),
  secret: remembered(0.4, 'month', page('secrets-manager')),
  'kms-key': remembered(1, 'month', page('kms')),
  'hosted-zone': remembered(0.5, 'month', page('route53')),
  'web-acl': remembered(5, 'month', page('waf')),
  'web-acl-rule': remembered(1, 'month', page('waf')),
  'web-acl-requests': remembered(0.6, 'million', page('waf')),
  'cloudfront-requests': remembered(1, 'million', page('cloudfront')),
  'cloudfront-function': remembered(0.1, 'million', page('cloudfront')),
  'cloudfront-data': remembered(0.085, 'GB', page('cloudfront')),
  'data-out': remembered(0.09, 'GB', ec2),
  'log-ingestion': derived(0.5, 'GB', cloudwatch),
  'custom-metric': remembered(0.3, 'metric-month', cloudwatch),
  'insights-metric': remembered(0.07, 'metric-month', cloudwatch),
  'insights-observations': remembered(0.21, 'million', cloudwatch),
  alarm: remembered(0.1, 'month', cloudwatch),
  dashboard: remembered(3, 'month', cloudwatch),
};
