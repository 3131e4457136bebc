import { describe, expect, it } from 'vitest';
import { type Example, examplesFor, nameOf, runExample } from '../support/examples.ts';
import { world } from '../support/world.ts';

/**
 * Clients that read off the id of a model what it can do, and so do less with one that is no Bedrock model: they are run
 * with such an id against Bedrock only. curl, prompts and Bedrock's own hooks have nothing to add here.
 */
const elsewhere = /^(curl|boto3\/(prompt|http_hook)|openai-python\/history|langchain-aws|pydantic-ai.* bedrock)/;

const examples = examplesFor(world.keys.good)
  .map((example: Example) => ({ ...example, name: nameOf(example) }))
  .filter(({ name }) => !elsewhere.test(name));

describe.skipIf(world.litellm === undefined)('examples with a model of LiteLLM', () => {
  it.concurrent.each(examples)(
    '$name does what it says',
    async (example) => {
      const { code, output } = await runExample(example, { GATEWAY_MODEL: 'gpt-4o-mini' });
      expect([code, output]).toEqual([0, example.prints]);
    },
    180_000,
  );
});
