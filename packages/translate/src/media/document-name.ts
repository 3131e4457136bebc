/** How a document is called that nobody gave a name. */
export const UNNAMED_DOCUMENT = 'document';

const MAX_NAME = 200;

/**
 * A file's name in the form that Converse takes: at most 200 letters, digits, single blanks, hyphens and brackets. The same
 * name always has the same form, so that a cached prompt stays one; two names may have one form, which `UniqueNames` sees to.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html (as of 2026-11-23).
 */
export function documentName(name: string | undefined): string {
  const clean = (name ?? '')
    .slice(0, 4 * MAX_NAME)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^A-Za-z0-9\s\-()[\]]+/g, '-')
    .replace(/\s+/g, ' ')
    .slice(0, MAX_NAME)
    .trim();
  return /[A-Za-z0-9]/.test(clean) ? clean : UNNAMED_DOCUMENT;
}

/** The name of the `round`th document of one name: Bedrock refuses two of the same. */
export function documentNameInRound(name: string, round: number): string {
  return round === 1 ? name : `${name.slice(0, MAX_NAME - 10)} (${round})`;
}
