import { loadConfigFile } from '@genai-gateway/litellm';
import { expect, it } from 'vitest';
import { defaultConfigFile } from './stack.ts';

it('the default configuration is read without a warning, and the hot path serves each of its Bedrock models', async () => {
  // As the gateway reads it: without the variables that are for LiteLLM alone.
  const { catalogue, masterKey, warnings } = await loadConfigFile(
    defaultConfigFile,
    { LITELLM_MASTER_KEY: 'sk-master' },
    { defaultRegion: 'us-east-1' },
  );
  expect(warnings).toEqual([]);
  expect(masterKey).toBe('sk-master');
  // Nothing in it stands against the hot path.
  expect(catalogue.settings).toEqual([]);
  const bedrock = [...catalogue.aliases.values()].filter(({ deployments }) =>
    deployments.some(({ litellmModel }) => litellmModel.startsWith('bedrock/')),
  );
  expect(bedrock.map(({ name }) => name)).toContain('claude-sonnet');
  for (const { name, deployments, settings } of bedrock) {
    expect([name, settings, deployments.map((each) => each.settings)]).toEqual([name, [], [[]]]);
    expect(deployments[0]?.deployment, name).toBeDefined();
  }
  expect([...catalogue.aliases.keys()].filter((name) => !bedrock.some((each) => each.name === name))).toEqual([
    ...['gpt-4o-mini', 'gpt-5-mini', 'text-embedding-3-small', 'gpt-image-1', 'whisper-1', 'tts-1'],
    ...['omni-moderation-latest', 'gpt-realtime', 'sagemaker-llama'],
  ]);
});
