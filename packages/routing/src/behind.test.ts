import type { AdminSetting } from '@genai-gateway/core';
import { describe, expect, test } from 'vitest';
import { eligibilityWith, resolveBehind } from './behind.ts';
import { type CatalogueDeployment, emptyCatalogue, type ModelAlias } from './catalogue.ts';
import { describeReasons } from './eligibility.ts';
import { resolveModel } from './resolve.ts';

const regions = { defaultRegion: 'us-east-1', allowedRegions: [] };
const router = 'arn:aws:bedrock:us-east-1:123456789012:default-prompt-router/anthropic.claude:1';
const haiku = 'us.anthropic.claude-3-5-haiku-20241022-v1:0';
const sonnet = 'us.anthropic.claude-3-5-sonnet-20241022-v2:0';
const guard = (name: string): AdminSetting => ({ scope: 'deployment', kind: 'guardrails', name });

function aliasOf(name: string, modelId: string, ...settings: AdminSetting[]): ModelAlias {
  const deployment = { provider: 'bedrock', modelId, region: 'us-east-1', endpoint: undefined } as const;
  const row: CatalogueDeployment = { deployment, litellmModel: `bedrock/${modelId}`, settings };
  return { name, deployments: [row], accessGroups: [], settings: [], hidden: false };
}

function verdict(called: string, aliases: readonly ModelAlias[], callerSettings: readonly AdminSetting[] = []): string {
  const catalogue = { ...emptyCatalogue, aliases: new Map(aliases.map((each) => [each.name, each])) };
  const resolution = resolveModel(called, catalogue, regions);
  const behind = resolveBehind(resolution, [haiku, sonnet], catalogue, regions);
  const found = eligibilityWith(resolution, behind, catalogue, callerSettings);
  return found.eligible ? found.deployment.modelId : describeReasons(found.reasons);
}

describe('a router of two models goes', () => {
  const plainHaiku = aliasOf('haiku', haiku);
  const guardedHaiku = aliasOf('guarded haiku', haiku, guard('pii'));
  const guardedSonnet = aliasOf('guarded sonnet', sonnet, guard('pii'));
  test.each<[string, readonly ModelAlias[], string]>([
    ['where it leads, with no alias of either', [], router],
    ['where it leads, with plain aliases', [plainHaiku, aliasOf('sonnet', sonnet)], router],
    ['not past the guard of one', [guardedHaiku], 'deployment guardrails (pii)'],
    ['not past the guard of the other', [plainHaiku, guardedSonnet], 'deployment guardrails (pii)'],
    [
      'not past a guard on another geography of it',
      [aliasOf('g', sonnet.slice(3), guard('x'))],
      'deployment guardrails (x)',
    ],
    ['past a guard beside which there is a plain way', [guardedHaiku, plainHaiku], router],
    ['where an alias for the router itself says', [aliasOf('router', router), guardedHaiku], router],
    [
      'as an alias for the router itself is guarded',
      [aliasOf('router', router, guard('own'))],
      'deployment guardrails (own)',
    ],
  ])('%s', (_name, aliases, found) => {
    expect(verdict(router, aliases)).toBe(found);
  });

  test('where its alias says, when it is called by that', () => {
    expect(verdict('router', [aliasOf('router', router), guardedHaiku])).toBe(router);
  });

  test('nowhere for a caller with a setting of their own, which is named once', () => {
    expect(verdict(router, [], [guard('of the key')])).toBe('deployment guardrails (of the key)');
  });
});
