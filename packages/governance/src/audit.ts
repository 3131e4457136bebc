/** Something that was done to what belongs to others, or to everybody. */
export interface AuditRecord {
  /** A UUID, so that what is written again is there once. */
  readonly id: string;
  readonly atMs: number;
  /** Who did it: a LiteLLM user's id, or `master`, or a key's hash where it belongs to no user. */
  readonly actor: string;
  /** The hash of the key that was used. */
  readonly keyHash: string;
  readonly action: 'created' | 'updated' | 'deleted' | 'published' | 'read' | 'exported';
  /** What kind of thing it was done to, and which. */
  readonly object: { readonly kind: 'prompt' | 'session'; readonly id: string };
  /** What it was before and after, where that tells: small JSON, never the text of a prompt or an answer of a session. */
  readonly before: Readonly<Record<string, unknown>> | undefined;
  readonly after: Readonly<Record<string, unknown>> | undefined;
}

/** Port: where it is kept that administrators did something. Rejects with `identity-unavailable` when it cannot be kept. */
export interface AuditLog {
  record(entry: AuditRecord, signal: AbortSignal): Promise<void>;
}
