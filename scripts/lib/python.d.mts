export function findPython():
  | { readonly path: string; readonly version: string; readonly missing?: undefined }
  | { readonly missing: string };
export function ensureVenv(
  name: string,
  requirements: string,
  say?: (line: string) => void,
  options?: { readonly signal?: AbortSignal; readonly size?: string },
): Promise<string>;
