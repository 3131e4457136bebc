import { listOf, oneOf, regionName, text } from '../variable-types.ts';

/** Which models, and where. */
export const modelVariables = {
  MODEL_CONFIG_FILE: text(/^\S.*\.ya?ml$/, 'a .yaml file')
    .optional()
    .describe(
      "LiteLLM's config.yaml with your models, from the folder of sst.config.ts; unset: a list for the region.",
    ),
  BEDROCK_MODEL_ACCESS: oneOf(['listed', 'all-foundation-models'])
    .default('listed')
    .describe(
      'What the roles may call: the models of that file, or every foundation model and profile of the regions, for models that are added in the Admin UI.',
    ),
  BEDROCK_REGIONS: listOf(regionName)
    .default([])
    .describe("Further regions that Bedrock is called in, comma-separated; the deployment's own is always one."),
};
