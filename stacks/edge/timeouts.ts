import type { Deployment } from '@genai-gateway/config';

/** The most that a load balancer takes, in seconds (AWS's documentation, as of 2026-11-23). */
const longestIdleSeconds = 4_000;

/**
 * How long a connection to or from the load balancer may be silent, in seconds. A stream never is, as the gateway sends
 * heartbeats; an answer in one piece is, so it may take as long as the longest stream. The gateway has to keep its own
 * connections open for longer.
 */
export function loadBalancerIdleSeconds({ gateway }: Pick<Deployment, 'gateway'>): number {
  return Math.min(longestIdleSeconds, Math.max(120, gateway.longestStreamSeconds));
}

/** How long CloudFront keeps an unused connection to the load balancer, in seconds: the most without a higher quota. */
export const cloudFrontKeepAliveSeconds = 60;
