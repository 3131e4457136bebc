/** What a call threw, as `code param`; 'nothing' when it did not. */
export function refusal(call: () => unknown): string {
  try {
    call();
    return 'nothing';
  } catch (error) {
    const { code, param } = error as { code?: string; param?: string };
    return `${code} ${param}`;
  }
}
