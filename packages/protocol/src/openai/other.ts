/**
 * The body of every OpenAI error, and the `data:` of an error in mid-stream.
 * Source: https://platform.openai.com/docs/guides/error-codes (read 2026-11-22, by the `openai` package).
 */
export interface OpenaiErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
  };
}

/** The answer of `GET /v1/models`. */
export interface OpenaiModelList {
  readonly object: 'list';
  readonly data: readonly OpenaiModel[];
}

export interface OpenaiModel {
  readonly id: string;
  readonly object: 'model';
  /** Seconds since the Unix epoch. */
  readonly created: number;
  readonly owned_by: string;
}
