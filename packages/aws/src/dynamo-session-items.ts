import type { Session, SessionRef } from '@genai-gateway/history';

/** Sorts behind every turn: `~` comes after all letters. */
const META_KEY = '~meta';
const TURN_KEY = 'turn#';
const POSITION_DIGITS = 12;
export const MAX_POSITION = 10 ** POSITION_DIGITS - 1;

/** An item as the document client gives it. */
export type Item = Readonly<Record<string, unknown>>;

/**
 * The item of a session that is there, of one that has outlived its retention, or of one that was deleted: that stays
 * for as long as a turn of it could come late, and says up to which position nothing is shown.
 */
export interface MetaItem {
  readonly sessionId: string;
  readonly title: string | undefined;
  /** Undefined: it was deleted. */
  readonly createdAtMs: number | undefined;
  readonly updatedAtMs: number;
  readonly expiresAtMs: number;
  /** The highest position that was given to a turn. */
  readonly last: number;
  /** Turns at this position and before are of a session of the same name that is no more. */
  readonly hiddenTo: number;
  /** When the session was deleted last; a new one of the same name may be there since. */
  readonly deletedAtMs: number | undefined;
}

/** An id holds no `#`, so no two pairs have the same key, whatever an owner is called. */
export function partitionOf({ owner, sessionId }: SessionRef): string {
  return `${owner}#${sessionId}`;
}

/** The session of a `partitionOf`. */
export function refOfPartition(partition: string): SessionRef {
  const end = partition.lastIndexOf('#');
  return { owner: partition.slice(0, end), sessionId: partition.slice(end + 1) };
}

export function metaKeyOf(ref: SessionRef) {
  return { pk: partitionOf(ref), sk: META_KEY };
}

export function turnKeyOf(ref: SessionRef, position: number) {
  return { pk: partitionOf(ref), sk: turnSortKey(position) };
}

export function turnSortKey(position: number): string {
  return `${TURN_KEY}${String(position).padStart(POSITION_DIGITS, '0')}`;
}

export function positionOf({ sk }: Item): number {
  return Number(String(sk).slice(TURN_KEY.length));
}

export function isMeta({ sk }: Item): boolean {
  return sk === META_KEY;
}

/** The item as we have written it. */
export function metaOf(item: Item): MetaItem {
  return {
    sessionId: String(item['sessionId']),
    title: item['title'] === undefined ? undefined : String(item['title']),
    createdAtMs: numberOrNone(item['createdAtMs']),
    updatedAtMs: Number(item['updatedAtMs']),
    expiresAtMs: Number(item['expiresAtMs']),
    last: Number(item['last']),
    hiddenTo: Number(item['hiddenTo'] ?? 0),
    deletedAtMs: numberOrNone(item['deletedAtMs']),
  };
}

/** The session of an item, if it is there for its owner. */
export function sessionOf(
  { sessionId, title, createdAtMs, updatedAtMs, expiresAtMs }: MetaItem,
  now: number,
): Session | undefined {
  if (createdAtMs === undefined || expiresAtMs <= now) return undefined;
  return { sessionId, title, createdAtMs, updatedAtMs };
}

/** Both forms of the end of an item: ours, and DynamoDB's in whole seconds, which is not before it. */
export function expiry(expiresAtMs: number) {
  return { expiresAtMs, expiresAt: Math.ceil(expiresAtMs / 1_000) };
}

function numberOrNone(value: unknown): number | undefined {
  return value === undefined ? undefined : Number(value);
}
