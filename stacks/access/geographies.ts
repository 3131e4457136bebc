/** Stands for the region that a profile is called in. */
export const callersRegion = 'caller';

/**
 * The geographies of Bedrock's system-defined inference profiles, by the prefix of their ids, and where the models
 * behind them are checked: in the regions of a continent (`*`), or, for a profile of the whole world, in the region of
 * the caller and by an ARN without a region.
 *
 * Single regions are not listed. Which regions stand behind a profile differs by model and grows without notice, and a
 * role that lacks one is refused now and then, when Bedrock happens to choose that region. What bounds it is the
 * condition that the model is called through a listed profile (`bedrock-access.ts`).
 *
 * Sources: https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html and
 * https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html (copies read 2026-11-23);
 * the prefixes also in LiteLLM 1.106.2's price map. `us` profiles are called from Canada too, and may answer there.
 */
export const geographies: Readonly<Record<string, readonly string[]>> = {
  us: ['us-*', 'ca-*'],
  'us-gov': ['us-gov-*'],
  ca: ['ca-*'],
  eu: ['eu-*'],
  apac: ['ap-*'],
  jp: ['ap-northeast-*'],
  au: ['ap-southeast-*'],
  in: ['ap-south-*'],
  global: [callersRegion, ''],
};

/** The geography and the model of an inference profile's id; undefined: it is a model's own id. */
export function profileOf(id: string): { readonly geography: string; readonly modelId: string } | undefined {
  const geography = id.slice(0, id.indexOf('.'));
  return Object.hasOwn(geographies, geography) ? { geography, modelId: id.slice(geography.length + 1) } : undefined;
}
