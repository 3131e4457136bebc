import type { BedrockResources } from './resources.ts';

const here = 'arn:aws:bedrock:us-east-1:123456789012';
const haiku = `${here}:inference-profile/us.anthropic.claude-3-5-haiku-20241022-v1:0`;
const sonnet = `${here}:inference-profile/us.anthropic.claude-3-5-sonnet-20241022-v2:0`;

/** What an account has that made a profile of its own of Nova Lite, and uses the prompt router that AWS has for Claude. */
export const defaultResources: BedrockResources = {
  applicationProfiles: [
    {
      arn: `${here}:application-inference-profile/novalite0001`,
      modelArns: ['us-east-1', 'us-west-2'].map(
        (region) => `arn:aws:bedrock:${region}::foundation-model/amazon.nova-lite-v1:0`,
      ),
    },
  ],
  promptRouters: [
    {
      arn: `${here}:default-prompt-router/anthropic.claude:1`,
      modelArns: [haiku, sonnet],
      fallbackModelArn: sonnet,
    },
  ],
};
