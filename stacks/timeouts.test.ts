import { describe, expect, it } from 'vitest';
import { entrances, sampleDeployment } from './testing/sample-deployment.ts';
import { timeoutsOf } from './timeouts.ts';

const withGateway = (gateway: Partial<typeof sampleDeployment.gateway>) => ({
  gateway: { ...sampleDeployment.gateway, ...gateway },
});

describe.each([
  ['by the defaults', sampleDeployment],
  ['with streams of half an hour', withGateway({ longestStreamSeconds: 1800 })],
  ['with patience for slow models', withGateway({ environment: { UPSTREAM_FIRST_BYTE_TIMEOUT_MS: '1200000' } })],
  ['with streams of an hour', withGateway({ longestStreamSeconds: 3600 })],
])('%s', (_, deployment) => {
  const waits = timeoutsOf(deployment);

  it('a silent stream gets a heartbeat long before anything cuts it', () => {
    expect(waits.heartbeat * 2).toBeLessThan(entrances.cloudfront.readTimeoutSeconds);
    expect(waits.heartbeat * 2).toBeLessThan(waits.loadBalancerIdle);
    expect(waits.heartbeat * 2).toBeLessThan(waits.litellmIdle);
  });

  it('an answer in one piece is waited for by the gateway, which answers 504, not cut by the load balancer', () => {
    expect(waits.loadBalancerIdle).toBeGreaterThan(waits.firstByte);
    expect(waits.loadBalancerIdle).toBeGreaterThanOrEqual(deployment.gateway.longestStreamSeconds);
    expect(waits.litellmIdle).toBeGreaterThan(waits.firstByte);
  });

  it('the gateway keeps an idle connection for longer than the load balancer', () => {
    expect(waits.gatewayKeepAlive).toBeGreaterThan(waits.loadBalancerIdle);
  });

  it('delay, drain and fifteen seconds for the books fit between SIGTERM and SIGKILL', () => {
    expect(waits.stop).toBeLessThanOrEqual(120);
    expect(waits.drainDelay + waits.drain + 15).toBeLessThanOrEqual(waits.stop);
  });
});

it('no wait is longer than a load balancer takes', () => {
  expect(timeoutsOf(withGateway({ longestStreamSeconds: 86_400 })).loadBalancerIdle).toBe(4000);
});
