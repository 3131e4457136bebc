import { hash } from 'node:crypto';
import { GatewayError } from '@genai-gateway/core';
import type { Principal, VirtualKey } from '@genai-gateway/identity';
import type { History } from './services.ts';

/** Whose sessions an administrator chooses. */
export type OwnerChoice =
  | { readonly by: 'user_id' | 'team_id'; readonly id: string }
  /** A key by its hash. */
  | { readonly by: 'key'; readonly keyHash: string }
  | { readonly by: 'login'; readonly issuer: string; readonly subject: string }
  /** An owner as the store knows it. */
  | { readonly by: 'owner'; readonly owner: string };

/** Finds a key by its hash, blocked and expired ones too; undefined: there is none. */
export type FindKey = (keyHash: string, signal: AbortSignal) => Promise<VirtualKey | undefined>;

/**
 * Whose sessions a principal's are, as a hash: `sharedBy` a team or a user those of the key where it has none. A login
 * is known by its subject, whatever key it has at LiteLLM.
 */
export function ownerOf(principal: Principal, sharedBy: History['sharedBy']): string {
  if (principal.kind === 'master') return ownerNamed('master');
  const { key, login } = principal;
  const shared = sharedName(key, sharedBy);
  return ownerNamed(shared ?? (login === undefined ? keyName(key.keyHash) : loginName(login)));
}

/**
 * The owner of the sessions that an administrator chooses, by the same rule. Rejects with `invalid-request` where
 * sessions are not shared in that way, or the choice does not say whose they are, and as `findKey` does.
 */
export async function ownerOfChoice(
  choice: OwnerChoice,
  sharedBy: History['sharedBy'],
  findKey: FindKey,
  signal: AbortSignal,
): Promise<string> {
  switch (choice.by) {
    case 'owner':
      return choice.owner;
    case 'team_id':
      if (sharedBy === 'team') return ownerNamed(teamName(choice.id));
      throw notShared('team_id', 'no sessions belong to teams here (HISTORY_OWNER is not team)');
    case 'user_id':
      if (sharedBy !== 'key') return ownerNamed(userName(choice.id));
      throw notShared('user_id', 'sessions belong to keys and logins here (HISTORY_OWNER=key)');
    case 'login':
      if (sharedBy === 'key') return ownerNamed(loginName(choice));
      throw notShared('login', `a login shares its sessions here (HISTORY_OWNER=${sharedBy}): choose by user_id`);
    case 'key': {
      if (sharedBy === 'key') return ownerNamed(keyName(choice.keyHash));
      const key = await findKey(choice.keyHash, signal);
      if (key !== undefined) return ownerNamed(sharedName(key, sharedBy) ?? keyName(choice.keyHash));
      throw notShared('key', 'there is no such key any more, and only it would say whose user or team it was');
    }
  }
}

function sharedName({ teamId, userId }: VirtualKey, sharedBy: History['sharedBy']): string | undefined {
  if (sharedBy === 'team' && teamId !== undefined) return teamName(teamId);
  return sharedBy !== 'key' && userId !== undefined ? userName(userId) : undefined;
}

const teamName = (teamId: string): string => `team:${teamId}`;
const userName = (userId: string): string => `user:${userId}`;
const keyName = (keyHash: string): string => `key:${keyHash}`;

function loginName({ issuer, subject }: { readonly issuer: string; readonly subject: string }): string {
  return `login:${JSON.stringify([issuer, subject])}`;
}

function ownerNamed(name: string): string {
  return hash('sha256', name, 'hex');
}

function notShared(param: string, why: string): GatewayError {
  return new GatewayError(
    'invalid-request',
    `Sessions cannot be chosen by ${param}: ${why}. Choose by user_id, team_id, key, login or owner.`,
    { param },
  );
}
