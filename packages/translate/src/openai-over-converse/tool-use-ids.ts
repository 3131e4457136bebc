import { hash } from 'node:crypto';

/**
 * A tool call's id in a form that Bedrock takes. Ids never travel back: the caller's history holds
 * its own, and the ids of new calls are the upstream's.
 * The pattern is `[a-zA-Z0-9_.:-]{1,64}`: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolUseBlock.html
 * (read 2026-11-23, by botocore). Mistral's models want exactly nine letters and digits, and then every id is hashed:
 * the ends of ids are not unique.
 */
export function upstreamToolUseId(id: string, nineChars: boolean): string {
  if (nineChars) return /^[A-Za-z0-9]{9}$/.test(id) ? id : hash('sha256', id, 'hex').slice(0, 9);
  if (/^[\w.:-]{1,64}$/.test(id)) return id;
  return `${id.replace(/[^\w.:-]/g, '_').slice(0, 47)}_${hash('sha256', id, 'hex').slice(0, 16)}`;
}
