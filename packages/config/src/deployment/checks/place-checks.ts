import { supportedRegions } from '../../models/regions.ts';
import { type Check, faultIf } from '../fault.ts';
import { regionName } from '../variable-types.ts';

/**
 * The stage becomes part of names; with the longest of them (a role of EKS, 64 characters at most) sixteen are left.
 */
const STAGE = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

export const checkPlace: Check = ({ stage, region, variables }) => {
  const isRegion = regionName.safeParse(region).success;
  return [
    faultIf(
      !STAGE.test(stage) || stage.length > 16,
      ['stage'],
      `The stage "${stage.slice(0, 40)}" is not usable. Take 1 to 16 small letters, figures and single hyphens, a letter first (--stage).`,
    ),
    faultIf(
      !isRegion,
      ['region'],
      `The region "${region.slice(0, 40)}" is none. Name one such as us-east-1 (--region).`,
    ),
    faultIf(
      isRegion &&
        variables.MODEL_CONFIG_FILE === undefined &&
        !(supportedRegions as readonly string[]).includes(region),
      ['region', 'MODEL_CONFIG_FILE'],
      `MODEL_CONFIG_FILE is not set, and the region ${region} has no list of models here. Name a list of your own, or take one of ${supportedRegions.join(', ')}.`,
    ),
  ];
};
