import type { ConfigDocument } from './config-document.ts';

/** LiteLLM's loggers into S3, and the lists that they may stand in (LiteLLM 1.106.2, integrations/s3.py and s3_v2.py, read 2026-11-23). */
const LOGGERS: ReadonlySet<unknown> = new Set(['s3', 's3_v2']);
const LISTS = ['callbacks', 'success_callback', 'failure_callback'] as const;

/**
 * `litellm_settings` without LiteLLM's loggers into S3: they change no call, and where the gateway logs its own calls, in
 * the same form, nothing is lost when they do not see one. Other callbacks stay.
 */
export function withoutS3Loggers(settings: ConfigDocument): ConfigDocument {
  const lists = LISTS.filter((name) => settings[name] !== undefined);
  if (lists.length === 0) return settings;
  const others = lists.map((name) => [name, [settings[name]].flat().filter((each) => !LOGGERS.has(each))]);
  return { ...settings, ...Object.fromEntries(others) };
}
