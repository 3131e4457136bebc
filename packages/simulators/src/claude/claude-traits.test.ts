import { expect, it } from 'vitest';
import { claudeTraitsOf } from './claude-traits.ts';

it.each([
  ['anthropic.claude-3-haiku-20240307-v1:0', { thinking: 'none', samplers: 'both', takesPrefill: true }],
  ['anthropic.claude-3-5-sonnet-20241022-v2:0', { thinking: 'none', samplers: 'both' }],
  ['anthropic.claude-3-7-sonnet-20250219-v1:0', { thinking: 'budget', samplers: 'both' }],
  ['anthropic.claude-sonnet-4-20250514-v1:0', { thinking: 'budget', samplers: 'both', takesSystemMessages: false }],
  ['anthropic.claude-opus-4-1-20250805-v1:0', { thinking: 'budget', samplers: 'one' }],
  ['anthropic.claude-haiku-4-5-20251001-v1:0', { thinking: 'budget', samplers: 'one', takesPrefill: true }],
  ['anthropic.claude-opus-4-6-v1', { thinking: 'both', samplers: 'one', takesPrefill: false }],
  ['anthropic.claude-opus-4-7', { thinking: 'adaptive', samplers: 'none', takesSystemMessages: false }],
  ['anthropic.claude-opus-4-8', { thinking: 'adaptive', samplers: 'none', takesSystemMessages: true }],
  ['anthropic.claude-sonnet-5', { thinking: 'adaptive', takesForcedTool: true }],
  ['anthropic.claude-opus-5-5', { thinking: 'adaptive', takesForcedTool: false }],
  ['anthropic.claude-haiku-5-5', { takesForcedTool: true }],
  ['anthropic.claude-mythos-preview', { thinking: 'adaptive' }],
  ['anthropic.', { thinking: 'both', samplers: 'both', takesPrefill: true, takesForcedTool: true }],
])('%s', (name, traits) => {
  expect(claudeTraitsOf(name)).toMatchObject(traits);
});
