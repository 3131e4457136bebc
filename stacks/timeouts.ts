import type { Deployment } from '@genai-gateway/config';

/** All waits between a client and a model, in seconds: what stands in front always waits longer than what is behind. */
export interface Timeouts {
  /** A stream that says nothing gets a heartbeat from the gateway after this. */
  readonly heartbeat: number;
  /** Longest wait of the gateway for the first byte of an answer; a call that is not streamed is silent for so long. */
  readonly firstByte: number;
  /**
   * Silence after which the load balancer cuts a connection. A stream is never silent for long, because of the
   * heartbeats; an answer in one piece is, and may take as long as the longest stream. 4000 at most (AWS's
   * documentation, as of 2026-11-23).
   */
  readonly loadBalancerIdle: number;
  /** How long the gateway keeps an idle connection of the load balancer's, so that only the latter ever closes one. */
  readonly gatewayKeepAlive: number;
  /** Silence after which a connection between gateway and LiteLLM is cut. */
  readonly litellmIdle: number;
  /** From SIGTERM to SIGKILL; Fargate takes 120 at most (API reference of ECS, stopTimeout). */
  readonly stop: number;
  /** Of that: how long the gateway goes on taking requests that are already on their way to it. */
  readonly drainDelay: number;
  /** And after that: how long open streams may go on. 15 s are left, in which it writes what is not booked. */
  readonly drain: number;
}

const longestStop = 120;
const booking = 15;
const slack = 30;

/**
 * The waits of a deployment. ECS takes a task out of the target group and waits for the target group's deregistration
 * delay, which is the longest stream that a deployment lets end, before it sends SIGTERM: the drain after that is for
 * streams that are longer still.
 */
export function timeoutsOf(deployment: Pick<Deployment, 'gateway'>): Timeouts {
  const { environment, longestStreamSeconds } = deployment.gateway;
  const seconds = (name: string, otherwise: number) => Math.ceil(Number(environment[name] ?? otherwise * 1000) / 1000);
  const heartbeat = seconds('GATEWAY_HEARTBEAT_MS', 15);
  const firstByte = seconds('UPSTREAM_FIRST_BYTE_TIMEOUT_MS', 600);
  const loadBalancerIdle = Math.min(Math.max(firstByte, longestStreamSeconds) + slack, 4000);
  const drainDelay = 5;
  return {
    heartbeat,
    firstByte,
    loadBalancerIdle,
    gatewayKeepAlive: loadBalancerIdle + slack,
    litellmIdle: firstByte + slack,
    stop: longestStop,
    drainDelay,
    drain: longestStop - drainDelay - booking,
  };
}
