import { messageOf, OperatorFailure } from '../shared/command.ts';
import { type ResolvedImage, resolveTag } from './registry.ts';

/** An entry of containers/images.json; `digest` null: nobody has resolved it yet. Fields that are not known are kept. */
export interface ImagePin {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string | null;
  readonly [other: string]: unknown;
}

export type ImagePins = Readonly<Record<string, ImagePin>>;

/** What CPU_ARCHITECTURE can ask for. */
const wanted = ['amd64', 'arm64'];

/** Reads the text of containers/images.json. Throws OperatorFailure. */
export function readPins(text: string): ImagePins {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new OperatorFailure(`containers/images.json is no JSON: ${messageOf(error)}`, 'mend the file');
  }
  const pins = parsed as Record<string, Partial<ImagePin>>;
  for (const [name, pin] of Object.entries(pins)) {
    if (typeof pin.repository === 'string' && typeof pin.tag === 'string') continue;
    throw new OperatorFailure(
      `containers/images.json: ${name} has no repository or no tag.`,
      'write both as text, such as "repository": "ghcr.io/berriai/litellm", "tag": "v1.106.2"',
    );
  }
  return pins as ImagePins;
}

/**
 * Other tags that the same release may have, in the order of trial. LiteLLM has named its releases `vX`, `vX-stable`
 * and `main-vX-stable` in turn; today's `vX` and its variants are the ones that its releases tell how to verify
 * (https://github.com/BerriAI/litellm/releases, as of 2026-11-23).
 */
function candidateTags({ repository, tag }: ImagePin): readonly string[] {
  const version = /^(?:main-)?v?(\d+\.\d+\.\d+)(?:-stable)?$/.exec(tag)?.[1];
  if (!repository.includes('litellm') || version === undefined) return [tag];
  const known = [`v${version}`, `v${version}-stable`, `main-v${version}-stable`, `main-v${version}`, version];
  return [tag, ...known.filter((each) => each !== tag)];
}

export interface PinnedImage extends ResolvedImage {
  readonly tag: string;
  /** Tags that were tried before and are not there. */
  readonly absent: readonly string[];
}

/** Resolves one entry. Throws OperatorFailure when no tag is there, or an architecture is missing. */
export async function resolvePin(name: string, pin: ImagePin): Promise<PinnedImage> {
  const absent: string[] = [];
  for (const tag of candidateTags(pin)) {
    const found = await resolveTag(pin.repository, tag);
    if (found === undefined) {
      absent.push(tag);
      continue;
    }
    const missing = wanted.filter((each) => !found.architectures.includes(each));
    if (missing.length > 0) {
      throw new OperatorFailure(
        `${pin.repository}:${tag} has no image for ${missing.join(' and ')} (it has: ${found.architectures.join(', ') || 'none'}).`,
        `name another tag or repository for ${name} in containers/images.json`,
      );
    }
    return { ...found, tag, absent };
  }
  throw new OperatorFailure(
    `${pin.repository} has none of the tags ${absent.join(', ')}.`,
    `look up the tag of that release and write it to containers/images.json, ${name}.tag`,
  );
}

/** The text of the file with what was resolved. */
export function writePins(pins: ImagePins, resolved: ReadonlyMap<string, PinnedImage>): string {
  const next = Object.entries(pins).map(([name, pin]) => {
    const found = resolved.get(name);
    return [name, found === undefined ? pin : { ...pin, tag: found.tag, digest: found.digest }];
  });
  return `${JSON.stringify(Object.fromEntries(next), null, 2)}\n`;
}
