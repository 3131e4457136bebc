import { cleanBase64 } from './base64.ts';

/** The longest head (`data:…,`) that is looked at. */
const MAX_HEAD = 300;

/** What a `data:` URI says: the media type without its parameters, in small letters, '' for none; and the data as it stands there. */
export interface DataUri {
  readonly mediaType: string;
  readonly isBase64: boolean;
  readonly data: string;
}

/** The parts of a `data:` URI; parameters between type and data are allowed. Undefined: it is none. */
export function readDataUri(uri: string): DataUri | undefined {
  if (!/^\s*data:/i.test(uri)) return undefined;
  const comma = uri.indexOf(',');
  if (comma === -1 || comma > MAX_HEAD) return undefined;
  const [type = '', ...parameters] = uri.slice(uri.indexOf(':') + 1, comma).split(';');
  const isBase64 = parameters.at(-1)?.trim().toLowerCase() === 'base64';
  return { mediaType: type.trim().toLowerCase(), isBase64, data: uri.slice(comma + 1) };
}

/** The bytes of a `data:` URI as clean base64; undefined: they are written in no form that can be read. */
export function base64Of({ isBase64, data }: DataUri): string | undefined {
  if (isBase64) return cleanBase64(data);
  try {
    return Buffer.from(decodeURIComponent(data)).toString('base64') || undefined;
  } catch {
    return undefined;
  }
}
