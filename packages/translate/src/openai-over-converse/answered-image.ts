import type { OpenaiAnsweredImage } from '@genai-gateway/protocol';

/** A picture that the model made, whose bytes are base64. A format that is none of a MIME type's letters is PNG. */
export function answeredImage(format: unknown, base64: string, index: number): OpenaiAnsweredImage {
  const name = typeof format === 'string' && /^[a-z\d.+-]+$/i.test(format) ? format : 'png';
  return { type: 'image_url', image_url: { url: `data:image/${name};base64,${base64}` }, index };
}
