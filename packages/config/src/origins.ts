/** As browsers write it in the header `origin`, which is compared letter by letter. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?$/;

/** Why a text of `CORS_ALLOWED_ORIGINS` is no origin, with the mend; undefined: it is one. */
export function faultOfOrigin(text: string): string | undefined {
  if (text === '*') {
    return 'CORS_ALLOWED_ORIGINS does not take "*": the page of any site could then call models for whoever opens it. Name the origins, such as https://chat.example.com.';
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isWeb = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (ORIGIN.test(text) && url !== undefined && (!isWeb || url.origin === text)) return undefined;
  const mend =
    isWeb && ORIGIN.test(url.origin)
      ? `Write ${url.origin}`
      : 'Write scheme, host and port alone, such as https://chat.example.com';
  return `CORS_ALLOWED_ORIGINS: "${text.slice(0, 200)}" is no origin. ${mend}.`;
}
