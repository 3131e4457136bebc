import type { IApplicationLoadBalancer, IApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';

/** What stands in front of the gateway, whichever scenario; the same for both platforms. */
export interface Edge {
  readonly loadBalancer: IApplicationLoadBalancer;
  /** Targets are addresses (tasks or pods) that speak TLS on `ports.gatewayTls`; the platform puts them in. */
  readonly gatewayTargets: IApplicationTargetGroup;
  /** What clients call, such as `https://ai.example.com`, without a slash at its end. */
  readonly url: string;
  /** The distribution's id; undefined: no CloudFront. */
  readonly distributionId: string | undefined;
  /** Name of the regional web ACL, as its metrics have it. */
  readonly webAclName: string;
}
