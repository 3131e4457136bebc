import { describe, expect, it } from 'vitest';
import { estimate } from '../scripts/operate/cost/estimate.ts';
import { reportOf } from '../scripts/operate/cost/report.ts';
import { synthesise } from './proof/synthesise.ts';

/** The promise of a lower bill, by the price table of `npm run cost`; and every type of resource has a price in it. */
describe('a deployment by the defaults', () => {
  it.each([
    ['ecs', {}],
    ['eks', { DEPLOYMENT_PLATFORM: 'EKS' }],
  ] as const)('costs less than the original on %s', (platform, env) => {
    const { templates } = synthesise({ name: 'cost', stage: 'cost', region: 'us-east-1', env });
    const { totalUsd, originalTotalUsd, unknown } = reportOf(estimate(Object.values(templates)), platform);
    expect(unknown).toEqual({});
    // With CloudFront's web ACL, which is of another region.
    expect(totalUsd + 8.6).toBeLessThan(originalTotalUsd);
    expect(totalUsd).toBeGreaterThan(250);
  });
});
