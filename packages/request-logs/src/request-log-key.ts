/**
 * Where the gateway's objects begin; what LiteLLM writes into the same bucket begins with `litellm/`. Its logger `s3_v2`
 * makes `<s3_path>/<yyyy-mm-dd>[/<hh>]/batch_<hh-mm-ss>_<uuid>.jsonl` with `s3_batch_file_upload`, without a line break at
 * the end, and `<s3_path>/<yyyy-mm-dd>[/<hh>]/time-<hh-mm-ss-micros>_<id>.json` for single calls without; `s3` makes only the
 * latter. Both take their settings from `litellm_settings.s3_callback_params`: `s3_bucket_name`, `s3_region_name`, `s3_path`,
 * `s3_endpoint_url`, `s3_partition_granularity` (`day`, `hour`), `s3_batch_file_upload`, `s3_log_prompts_only` and others.
 * Source: LiteLLM 1.106.2, integrations/s3.py and integrations/s3_v2.py, https://github.com/BerriAI/litellm (read 2026-11-23).
 */
const GATEWAY_PREFIX = 'gateway/';

export interface RequestLogObject {
  /** When its first line was made, milliseconds. */
  readonly atMs: number;
  /** Who writes it: letters, digits, dashes and dots; no two processes are the same. */
  readonly instance: string;
  /** Counts the objects of the process. */
  readonly sequence: number;
}

/** `gateway/2026-11-23/16/<instance>-<milliseconds>-<sequence>.jsonl`, day and hour in UTC. */
export function requestLogKey({ atMs, instance, sequence }: RequestLogObject): string {
  const time = new Date(atMs).toISOString();
  return `${GATEWAY_PREFIX}${time.slice(0, 10)}/${time.slice(11, 13)}/${instance}-${atMs}-${sequence}.jsonl`;
}
