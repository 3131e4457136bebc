import { type Check, faultIf, type ImagePins } from '../fault.ts';

/** An image that we build is only as fixed as the one that it stands on. */
const images = [
  { variable: 'GATEWAY_IMAGE', base: 'node' },
  { variable: 'LITELLM_IMAGE', base: 'litellm' },
] as const;

/** What production must not be built of: an image that is another one tomorrow. */
export const checkImages: Check = ({ variables, isProduction, imagePins }) => {
  if (!isProduction) return [];
  return images.flatMap(({ variable, base }) => {
    const image = variables[variable];
    return [
      faultIf(
        image !== undefined && !image.includes('@sha256:'),
        [variable, 'PRODUCTION'],
        `${variable} names an image by its tag, and a production stage takes digests alone (<repository>@sha256:…). Name its digest, or set PRODUCTION=false.`,
      ),
      faultIf(
        image === undefined && !isPinned(base, imagePins),
        [variable, 'PRODUCTION'],
        `${variable} is not set, and containers/images.json has no digest for "${base}", which the image of a production stage is built on. Run npm run pin-images, or name a ready image by its digest, or set PRODUCTION=false.`,
      ),
    ];
  });
};

function isPinned(base: string, pins: ImagePins | undefined): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(pins?.[base]?.digest ?? '');
}
