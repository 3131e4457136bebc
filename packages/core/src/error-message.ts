/** What an error says, for a log or another error's text: its message, or the thing itself where something else was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
