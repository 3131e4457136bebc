import type { CloudFrontDomainPlan, CloudFrontPlan, Deployment } from '@genai-gateway/config';
import { Duration, type Stack } from 'aws-cdk-lib';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  type DistributionProps,
  FunctionEventType,
  HttpVersion,
  type IOrigin,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  OriginSslPolicy,
  PriceClass,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
  VpcOrigin,
  VpcOriginEndpoint,
} from 'aws-cdk-lib/aws-cloudfront';
import { LoadBalancerV2Origin, VpcOrigin as OriginInVpc } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { ApplicationListener, ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { NagSuppressions } from 'cdk-nag';
import type { Foundation } from '../foundation/foundation.ts';
import { uniqueName } from '../names.ts';
import { originSecretHeader } from './origin-secret.ts';
import { viewerAddress } from './viewer-address.ts';

export interface DistributionOptions {
  readonly entrance: CloudFrontPlan | CloudFrontDomainPlan;
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly listener: ApplicationListener;
  /** How CloudFront calls the load balancer; with a certificate HTTPS. */
  readonly originProtocol: 'http' | 'https';
  readonly secret: string;
  readonly foundation: Foundation;
  /** Names and certificate of one's own. */
  readonly names: Pick<DistributionProps, 'domainNames' | 'certificate'>;
}

/**
 * CloudFront passes everything on as it came, the Host too, and keeps nothing: neither answers nor errors. Its web ACL
 * comes from us-east-1.
 */
export function makeDistribution(stack: Stack, deployment: Deployment, options: DistributionOptions): Distribution {
  const { entrance, foundation } = options;
  const logs = takesLogs(deployment.region);
  const distribution = new Distribution(stack, 'Distribution', {
    ...options.names,
    comment: uniqueName('genai-gateway', deployment),
    priceClass: priceClasses[entrance.priceClass],
    httpVersion: HttpVersion.HTTP2_AND_3,
    enableIpv6: true,
    // Of clients that call CloudFront by its own name it takes TLS 1.0 too, whatever is said here.
    minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
    defaultBehavior: {
      origin: originOf(stack, deployment, options),
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER,
      compress: false,
      functionAssociations: [
        { function: viewerAddress(stack, deployment), eventType: FunctionEventType.VIEWER_REQUEST },
      ],
    },
    errorResponses: keptErrors.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
    ...(logs ? { enableLogging: true, logBucket: foundation.accessLogs, logFilePrefix: 'cloudfront/' } : {}),
    ...(entrance.webAclArn === undefined ? {} : { webAclId: entrance.webAclArn }),
  });
  // A new secret passes before it is sent.
  distribution.node.addDependency(options.listener);
  // Later stacks use its name in scenario 1 alone. CloudFormation takes nothing away that they still import, so that
  // without this nobody could go on to scenario 2.
  stack.exportValue(distribution.distributionDomainName);

  suppress(distribution, options, logs);
  return distribution;
}

/** How long CloudFront keeps an unused connection to the load balancer: the most without a higher quota. */
const keepAliveSeconds = 60;

const priceClasses = {
  PriceClass_100: PriceClass.PRICE_CLASS_100,
  PriceClass_200: PriceClass.PRICE_CLASS_200,
  PriceClass_All: PriceClass.PRICE_CLASS_ALL,
} as const;

/** Errors that CloudFront would give again for ten seconds, if it were not told otherwise. */
const keptErrors = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

/**
 * CloudFront writes no access logs into buckets of regions that an account has to opt in to
 * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html, as of 2026-11-23);
 * there the load balancer's logs have to do.
 */
function takesLogs(region: string): boolean {
  return !['eu-central-2', 'eu-south-1', 'eu-south-2'].includes(region);
}

/**
 * With HTTPS CloudFront compares the load balancer's certificate with the Host that it passes on
 * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-cloudfront-to-custom-origin.html, as
 * of 2026-11-23), which is the name that clients call.
 *
 * A VPC origin cannot be changed while a distribution has it (API reference of CloudFront, CannotUpdateEntityWhileInUse):
 * it has its protocol in its name, so that with another protocol there is another one, which takes its place.
 */
function originOf(
  stack: Stack,
  deployment: Deployment,
  { entrance, loadBalancer, originProtocol, secret }: DistributionOptions,
): IOrigin {
  const sent = {
    customHeaders: { [originSecretHeader]: secret },
    readTimeout: Duration.seconds(entrance.readTimeoutSeconds),
    keepaliveTimeout: Duration.seconds(keepAliveSeconds),
  };
  const called = {
    protocolPolicy: originProtocol === 'https' ? OriginProtocolPolicy.HTTPS_ONLY : OriginProtocolPolicy.HTTP_ONLY,
    originSslProtocols: [OriginSslPolicy.TLS_V1_2],
  };
  if (entrance.origin === 'public') return new LoadBalancerV2Origin(loadBalancer, { ...sent, ...called });
  const vpcOrigin = new VpcOrigin(stack, `VpcOrigin-${originProtocol}`, {
    ...called,
    endpoint: VpcOriginEndpoint.applicationLoadBalancer(loadBalancer),
    vpcOriginName: uniqueName(`genai-gateway-${originProtocol}`, deployment),
  });
  return OriginInVpc.withVpcOrigin(vpcOrigin, sent);
}

function suppress(distribution: Distribution, { entrance, originProtocol }: DistributionOptions, logs: boolean): void {
  const reasons: [id: string, holds: boolean, reason: string][] = [
    ['CFR1', true, 'Which countries may call is for the owner of a deployment to say; by default all may.'],
    ['CFR2', entrance.webAclArn === undefined, 'The load balancer has a web ACL; npm run deploy adds one here.'],
    ['CFR3', !logs, 'CloudFront writes no logs into buckets of this region; the load balancer logs every request.'],
    ['CFR4', entrance.kind === 'cloudfront', 'With its own certificate CloudFront takes TLS 1.0, whatever is set.'],
    ['CFR5', originProtocol === 'http', 'Without a domain there is no certificate for the load balancer.'],
  ];
  NagSuppressions.addResourceSuppressions(
    distribution,
    reasons.filter(([, holds]) => holds).map(([id, , reason]) => ({ id: `AwsSolutions-${id}`, reason })),
  );
}
