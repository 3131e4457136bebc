import type { Deployment } from '@genai-gateway/config';
import { ArnFormat, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnLoggingConfiguration, CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { uniqueName } from '../names.ts';
import { originSecretHeader } from './origin-secret.ts';

export interface WebAclOptions {
  /** `REGIONAL` for the load balancer, `CLOUDFRONT` in us-east-1. */
  readonly scope: 'REGIONAL' | 'CLOUDFRONT';
  /** The header that says who called, where requests come from CloudFront; undefined: the connection says it. */
  readonly addressHeader: string | undefined;
  /** Of the same region; undefined: CloudWatch's own. */
  readonly logsKey: IKey | undefined;
}

/**
 * AWS's managed rules against known attacks, and a limit per address. Where a rule reads the body it counts and does
 * not block: bodies here are prompts, and prompts hold code, paths, URLs and markup. Of a body a load balancer shows
 * its first 8 KiB to the rules, CloudFront 16 KiB; the rest passes unread.
 *
 * The rule groups have the version that AWS gives by default, and change with it.
 */
export function webAcl(
  stack: Stack,
  deployment: Deployment,
  { scope, addressHeader, logsKey }: WebAclOptions,
): { readonly acl: CfnWebACL; readonly metricName: string } {
  const metricName = uniqueName('genai-gateway', deployment);
  const acl = new CfnWebACL(stack, 'WebAcl', {
    scope,
    description: scope === 'REGIONAL' ? 'In front of the load balancer' : 'In front of CloudFront',
    defaultAction: { allow: {} },
    visibilityConfig: measured(metricName),
    rules: [
      rateRule(deployment.waf.rateLimit, addressHeader),
      ...managedGroups.map((group, index) => managedRule(group, index + 1)),
    ],
  });
  logBlocked(stack, deployment, { acl, name: metricName, logsKey });
  return { acl, metricName };
}

/** Rules as of 2026-11-23: https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html */
const managedGroups = [
  {
    name: 'AWSManagedRulesCommonRuleSet',
    counted: [
      // SDKs of one's own making send none.
      'NoUserAgent_HEADER',
      'SizeRestrictions_BODY',
      'EC2MetaDataSSRF_BODY',
      'GenericLFI_BODY',
      'GenericRFI_BODY',
      'CrossSiteScripting_BODY',
    ],
  },
  {
    name: 'AWSManagedRulesKnownBadInputsRuleSet',
    counted: ['JavaDeserializationRCE_BODY', 'Log4JRCE_BODY', 'ReactJSRCE_BODY'],
  },
] as const;

function managedRule(group: (typeof managedGroups)[number], priority: number): CfnWebACL.RuleProperty {
  return {
    name: group.name,
    priority,
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name: group.name,
        ruleActionOverrides: group.counted.map((name) => ({ name, actionToUse: { count: {} } })),
      },
    },
    visibilityConfig: measured(group.name),
  };
}

/**
 * So many requests within five minutes. Of a header WAF takes the first address, and what a caller writes into
 * X-Forwarded-For stands first: so the header is one that CloudFront sets anew.
 */
function rateRule(limit: number, addressHeader: string | undefined): CfnWebACL.RuleProperty {
  return {
    name: 'RateLimit',
    priority: 0,
    action: { block: { customResponse: { responseCode: 429 } } },
    statement: {
      rateBasedStatement: {
        limit,
        evaluationWindowSec: 300,
        ...(addressHeader === undefined
          ? { aggregateKeyType: 'IP' }
          : {
              aggregateKeyType: 'FORWARDED_IP',
              forwardedIpConfig: { headerName: addressHeader, fallbackBehavior: 'NO_MATCH' },
            }),
      },
    },
    visibilityConfig: measured('RateLimit'),
  };
}

function measured(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false };
}

/** Where keys and cookies stand; sampled requests are off, as they cannot be redacted. */
const redactedHeaders = ['authorization', 'x-api-key', 'api-key', 'cookie', originSecretHeader.toLowerCase()];

/** What was blocked, so that somebody who is refused can be told why; without credentials. */
function logBlocked(
  stack: Stack,
  deployment: Deployment,
  { acl, name, logsKey }: { readonly acl: CfnWebACL; readonly name: string; readonly logsKey: IKey | undefined },
): void {
  // WAF writes into groups of this prefix only.
  const logGroupName = `aws-waf-logs-${name}${acl.scope === 'CLOUDFRONT' ? '-cloudfront' : ''}`;
  const logs = new LogGroup(stack, 'WebAclLogs', {
    logGroupName,
    retention: deployment.operations.logRetentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
    ...(logsKey === undefined ? {} : { encryptionKey: logsKey }),
  });
  const logging = new CfnLoggingConfiguration(stack, 'WebAclLogging', {
    resourceArn: acl.attrArn,
    logDestinationConfigs: [
      stack.formatArn({
        service: 'logs',
        resource: 'log-group',
        resourceName: logGroupName,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    ],
    loggingFilter: {
      DefaultBehavior: 'DROP',
      Filters: [{ Behavior: 'KEEP', Requirement: 'MEETS_ANY', Conditions: [{ ActionCondition: { Action: 'BLOCK' } }] }],
    },
    redactedFields: [...redactedHeaders.map((Name) => ({ singleHeader: { Name } })), { queryString: {} }],
  });
  logging.node.addDependency(logs);
}
