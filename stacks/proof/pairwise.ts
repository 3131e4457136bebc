import { plainVariant, type Variant } from './variants.ts';

/**
 * Few of the plain variants, among which every two choices meet: each platform, scenario, kind of VPC and way out with each of
 * the others.
 */
export const pairwiseVariants: readonly Variant[] = [
  plainVariant('ecs', 'cloudfront', 'new', 'nat'),
  plainVariant('eks', 'private', 'existing', 'nat'),
  plainVariant('ecs', 'private', 'new', 'none'),
  plainVariant('eks', 'cloudfront', 'existing', 'none'),
  plainVariant('ecs', 'cloudfront-domain', 'existing', 'none'),
  plainVariant('eks', 'cloudfront-domain', 'new', 'nat'),
  plainVariant('ecs', 'direct-alb', 'existing', 'nat'),
  plainVariant('eks', 'direct-alb', 'new', 'none'),
];
