import { type Deployment, routeTable } from '@genai-gateway/config';
import { Duration, type Stack } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  ApplicationListener,
  ApplicationListenerRule,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  DesyncMitigationMode,
  ListenerAction,
  ListenerCondition,
  Protocol,
  SslPolicy,
  TargetGroupLoadBalancingAlgorithmType,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import type { Foundation } from '../foundation/foundation.ts';
import type { Functions } from '../functions/functions.ts';
import { facesInternet } from '../network/entrance-kinds.ts';
import { type Network, ports } from '../network/network.ts';
import { timeoutsOf } from '../timeouts.ts';
import { type FunctionTargets, functionTargets } from './function-targets.ts';
import { listenerRules } from './listener-rules.ts';
import { originSecretHeader } from './origin-secret.ts';
import { webAcl } from './web-acl.ts';

export interface EdgeParts {
  readonly foundation: Foundation;
  readonly network: Network;
  readonly functions: Functions;
}

/** The load balancer with its web ACL, and what it forwards to. No listener yet. */
export interface Front {
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly gatewayTargets: ApplicationTargetGroup;
  readonly functionTargets: FunctionTargets;
  readonly webAclName: string;
}

/**
 * @param addressHeader The header by which CloudFront tells who called; undefined: clients connect themselves.
 */
export function buildFront(
  stack: Stack,
  deployment: Deployment,
  { foundation, network, functions }: EdgeParts,
  addressHeader: string | undefined,
): Front {
  const internetFacing = facesInternet(deployment);
  const loadBalancer = new ApplicationLoadBalancer(stack, 'LoadBalancer', {
    vpc: network.vpc,
    vpcSubnets: { subnets: [...(internetFacing ? network.subnets.public : network.subnets.private)] },
    internetFacing,
    securityGroup: network.securityGroups.loadBalancer,
    idleTimeout: Duration.seconds(timeoutsOf(deployment).loadBalancerIdle),
    http2Enabled: true,
    dropInvalidHeaderFields: true,
    preserveHostHeader: true,
    desyncMitigationMode: DesyncMitigationMode.STRICTEST,
    deletionProtection: deployment.isProduction,
  });
  // The bucket's policy says who writes; CDK's own way would have the bucket depend on this stack.
  loadBalancer.setAttribute('access_logs.s3.enabled', 'true');
  loadBalancer.setAttribute('access_logs.s3.bucket', foundation.accessLogs.bucketName);
  loadBalancer.setAttribute('access_logs.s3.prefix', 'load-balancer');
  const { acl, metricName } = webAcl(stack, deployment, {
    scope: 'REGIONAL',
    addressHeader,
    logsKey: foundation.keys.logs,
  });
  new CfnWebACLAssociation(stack, 'WebAclAssociation', {
    resourceArn: loadBalancer.loadBalancerArn,
    webAclArn: acl.attrArn,
  });
  return {
    loadBalancer,
    gatewayTargets: gatewayTargets(stack, deployment, network),
    functionTargets: functionTargets(stack, functions),
    webAclName: metricName,
  };
}

/**
 * Whoever answers fewest requests at the time gets the next: streams are long, so turns would be uneven. A target that
 * leaves may end its streams first.
 */
function gatewayTargets(stack: Stack, { gateway }: Deployment, { vpc }: Network): ApplicationTargetGroup {
  return new ApplicationTargetGroup(stack, 'GatewayTargets', {
    vpc,
    targetType: TargetType.IP,
    protocol: ApplicationProtocol.HTTPS,
    port: ports.gatewayTls,
    loadBalancingAlgorithmType: TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS,
    deregistrationDelay: Duration.seconds(gateway.longestStreamSeconds),
    healthCheck: {
      protocol: Protocol.HTTPS,
      path: '/health/readiness',
      healthyHttpCodes: '200',
      interval: Duration.seconds(10),
      timeout: Duration.seconds(5),
      healthyThresholdCount: 2,
      unhealthyThresholdCount: 3,
    },
  });
}

/**
 * The listener that serves: TLS 1.2 or 1.3 with forward secrecy, or without a certificate HTTP on 80, for CloudFront
 * where none can exist. It forwards what the route table names, and refuses the rest.
 *
 * @param secrets Values of CloudFront's header that pass; undefined: there is no CloudFront.
 */
export function serve(
  stack: Stack,
  { loadBalancer, gatewayTargets: gateway, functionTargets }: Front,
  { certificate, secrets }: { readonly certificate: ICertificate | undefined; readonly secrets?: readonly string[] },
): ApplicationListener {
  const listener = new ApplicationListener(stack, 'Listener', {
    loadBalancer,
    open: false,
    defaultAction: ListenerAction.fixedResponse(403, {
      contentType: 'application/json',
      messageBody: JSON.stringify({ error: { message: 'Forbidden.', type: 'permission_error', code: 'forbidden' } }),
    }),
    ...(certificate === undefined
      ? { protocol: ApplicationProtocol.HTTP, port: 80 }
      : {
          protocol: ApplicationProtocol.HTTPS,
          port: 443,
          certificates: [certificate],
          sslPolicy: SslPolicy.TLS13_RES,
        }),
  });
  for (const rule of listenerRules(routeTable, secrets)) {
    new ApplicationListenerRule(listener, `Rule${rule.priority}`, {
      listener,
      priority: rule.priority,
      conditions: [
        ListenerCondition.pathPatterns([...rule.paths]),
        ...(rule.secrets === undefined ? [] : [ListenerCondition.httpHeader(originSecretHeader, [...rule.secrets])]),
      ],
      action: ListenerAction.forward([{ gateway, ...functionTargets }[rule.target]]),
    });
  }
  return listener;
}

/** Port 80 answers with the way to 443, and nothing else. */
export function redirectToHttps(stack: Stack, { loadBalancer }: Front): void {
  new ApplicationListener(stack, 'Redirect', {
    loadBalancer,
    open: false,
    protocol: ApplicationProtocol.HTTP,
    port: 80,
    defaultAction: ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
  });
}
