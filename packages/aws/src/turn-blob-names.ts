import { hash } from 'node:crypto';
import type { SessionRef } from '@genai-gateway/history';

/** Blobs whose names say which session they are of, so that a sweep finds those that no turn names. */
export const SWEPT_FOLDER = 'turns';
/** Owners whose names say nothing about a person: the gateway's are such. */
const HASH = /^[0-9a-f]{64}$/;
const BLOB = /^turns\/([0-9a-f]{64})\/([\w-]{1,128})\/\d+-/;
const POSITION = /\/(\d{12})-[^/]*$/;
const POSITION_DIGITS = 12;

/**
 * Where the blobs of a session are. Other owners than hashes are no part of names, since they may say who a person is;
 * their blobs are not swept.
 */
export function blobFolderOf({ owner, sessionId }: SessionRef): string {
  const folder = HASH.test(owner) ? `${SWEPT_FOLDER}/${owner}` : hash('sha256', owner, 'hex');
  return `${folder}/${sessionId}`;
}

/** The same turn in the same place has the same name, however often it is saved. */
export function blobNameOf(ref: SessionRef, position: number, turnId: string): string {
  return `${blobFolderOf(ref)}/${String(position).padStart(POSITION_DIGITS, '0')}-${encodeURIComponent(turnId)}`;
}

/** Undefined: a name that says nothing about it. */
export function refOfBlob(name: string): SessionRef | undefined {
  const [, owner, sessionId] = BLOB.exec(name) ?? [];
  return owner === undefined || sessionId === undefined ? undefined : { owner, sessionId };
}

/** The place of its turn; undefined: a name of before, which does not say it. */
export function positionOfBlob(name: string): number | undefined {
  const position = POSITION.exec(name)?.[1];
  return position === undefined ? undefined : Number(position);
}
