import { type SupportedRegion, supportedRegions } from './regions.ts';

/** A model of Bedrock, and where it may be called by what name. */
interface BedrockModel {
  /** What callers send as `model`. */
  readonly name: string;
  /** Bedrock's own id, without a profile's prefix. */
  readonly id: string;
  readonly mode: 'chat' | 'embedding' | 'image_generation';
  /**
   * Regions that call it, by the way: `own` in the region itself, `us` and `eu` by an inference profile that stays in that
   * geography, `global` by one that may go anywhere. The first that fits is taken, in this order.
   */
  readonly offers: Readonly<Partial<Record<Way, readonly SupportedRegion[]>>>;
}

/** How a model is reached from a region. */
export type Way = 'own' | 'us' | 'eu' | 'global';

/** From nearest to farthest. */
const ways: readonly Way[] = ['own', 'us', 'eu', 'global'];

const us: readonly SupportedRegion[] = ['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2'];
const northAmerica: readonly SupportedRegion[] = [...us, 'ca-central-1'];
const europe = supportedRegions.filter((region) => region.startsWith('eu-'));
const without = (regions: readonly SupportedRegion[], ...left: readonly SupportedRegion[]) =>
  regions.filter((region) => !left.includes(region));

/**
 * Where Claude 4.5 to 4.8 are called from; the later ones are taken to be the same. Every region may take the global
 * profiles, but they answer anywhere in the world: a default list has them only where nothing else is offered.
 */
const claude = { us: northAmerica, eu: europe, global: ['sa-east-1'] } as const;
const firstNova = without(europe, 'eu-west-2', 'eu-central-2');

/**
 * The models of the default lists.
 *
 * Ids: LiteLLM 1.106.2's price map (`packages/litellm/price-map`, read 2026-11-23), which has a price for every one.
 * Regions: the model cards of AWS's user guide for Claude Opus 4.8, Sonnet 4.6, Haiku 4.5, Nova 2 Lite and Nova Pro, and its
 * tables for Nova Lite, Nova Micro, Titan and Cohere v3 (copies read 2026-11-23). No card of the Claude 5 generation was at
 * hand: that it is called from the same regions is taken from the ones before. What an account may call, only the account
 * itself can tell.
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-cards.html
 */
const bedrockModels: readonly BedrockModel[] = [
  { name: 'claude-opus-5-5', id: 'anthropic.claude-opus-5-5', mode: 'chat', offers: claude },
  { name: 'claude-sonnet-5-5', id: 'anthropic.claude-sonnet-5-5', mode: 'chat', offers: claude },
  { name: 'claude-haiku-5-5', id: 'anthropic.claude-haiku-5-5', mode: 'chat', offers: claude },
  { name: 'claude-opus-4-8', id: 'anthropic.claude-opus-4-8', mode: 'chat', offers: claude },
  { name: 'claude-sonnet-4-6', id: 'anthropic.claude-sonnet-4-6', mode: 'chat', offers: claude },
  { name: 'claude-haiku-4-5', id: 'anthropic.claude-haiku-4-5-20251001-v1:0', mode: 'chat', offers: claude },
  {
    name: 'nova-2-lite',
    id: 'amazon.nova-2-lite-v1:0',
    mode: 'chat',
    offers: { us: northAmerica, eu: firstNova },
  },
  {
    name: 'nova-pro',
    id: 'amazon.nova-pro-v1:0',
    mode: 'chat',
    offers: { own: ['us-east-1'], us, eu: firstNova },
  },
  {
    name: 'nova-lite',
    id: 'amazon.nova-lite-v1:0',
    mode: 'chat',
    offers: { own: ['us-east-1', 'eu-north-1', 'eu-west-2'], us, eu: firstNova },
  },
  {
    name: 'nova-micro',
    id: 'amazon.nova-micro-v1:0',
    mode: 'chat',
    offers: { own: ['us-east-1'], us: without(us, 'us-west-1'), eu: firstNova },
  },
  {
    name: 'titan-embed-v2',
    id: 'amazon.titan-embed-text-v2:0',
    mode: 'embedding',
    offers: { own: without(supportedRegions, 'us-west-1') },
  },
  {
    name: 'cohere-embed-v4',
    id: 'cohere.embed-v4:0',
    mode: 'embedding',
    offers: { us: without(us, 'us-west-1') },
  },
  {
    name: 'cohere-embed-multilingual-v3',
    id: 'cohere.embed-multilingual-v3',
    mode: 'embedding',
    offers: {
      own: [
        'us-east-1',
        'us-west-2',
        'ca-central-1',
        'sa-east-1',
        'eu-central-1',
        'eu-west-1',
        'eu-west-2',
        'eu-west-3',
      ],
    },
  },
  {
    name: 'nova-canvas',
    id: 'amazon.nova-canvas-v1:0',
    mode: 'image_generation',
    offers: { own: ['us-east-1', 'eu-west-1'] },
  },
];

/** A model as a region calls it; `id` with the prefix of the profile. */
export interface RegionalModel {
  readonly name: string;
  readonly id: string;
  readonly mode: BedrockModel['mode'];
  readonly way: Way;
}

/** What a region calls, each by its nearest way. */
export function modelsOf(region: SupportedRegion): readonly RegionalModel[] {
  return bedrockModels.flatMap(({ name, id, mode, offers }) => {
    const way = ways.find((each) => offers[each]?.includes(region));
    return way === undefined ? [] : [{ name, id: way === 'own' ? id : `${way}.${id}`, mode, way }];
  });
}
