/**
 * The version of LiteLLM whose tables, Redis keys and routes this code was read from. Another one is
 * refused: what it keeps where could mean something else.
 */
export const supportedLitellmVersion = '1.106.2';

/** What to tell whoever runs another version; `found` in LiteLLM's own words. */
export function wrongVersion(found: string): string {
  return `LiteLLM ${found} is running, and this gateway works with LiteLLM ${supportedLitellmVersion} only. Install that version, or a gateway made for ${found}.`;
}
