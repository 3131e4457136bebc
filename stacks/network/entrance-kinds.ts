import type { Deployment } from '@genai-gateway/config';

type Entrance = Pick<Deployment, 'entrance'>;

/** Whether the load balancer has public addresses. */
export function facesInternet({ entrance }: Entrance): boolean {
  return entrance.kind === 'direct-alb' || ('origin' in entrance && entrance.origin === 'public');
}

/** Whether CloudFront comes to an internal load balancer through the VPC. */
export function reachedByVpcOrigin({ entrance }: Entrance): boolean {
  return 'origin' in entrance && entrance.origin === 'vpc';
}

/** Where the load balancer listens: on the one port that CloudFront uses; for others 443, and 80 to be sent there. */
export function entrancePorts({ entrance }: Entrance): readonly number[] {
  if (entrance.kind === 'cloudfront') return [80];
  if (entrance.kind === 'cloudfront-domain') return [443];
  return [443, 80];
}
