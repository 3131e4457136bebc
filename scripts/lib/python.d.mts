export function findPython():
  | { readonly path: string; readonly version: string; readonly missing?: undefined }
  | { readonly missing: string };
export function ensureVenv(name: string, requirements: string, say?: (line: string) => void): Promise<string>;
