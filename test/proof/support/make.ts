import { keyHash } from '@genai-gateway/local';
import { at } from '../../contract/support/reply.ts';
import type { ProofWorld } from './world.ts';

/** What the proofs have LiteLLM make, by its management API. */
export const make = {
  user: async (world: ProofWorld, settings: object): Promise<string> =>
    String(at(await world.manage('/user/new', { auto_create_key: false, ...settings }), 'user_id')),
  team: async (world: ProofWorld, settings: object): Promise<string> =>
    String(at(await world.manage('/team/new', settings), 'team_id')),
  /** As LiteLLM's tables name a key. */
  hashOf: keyHash,
  spendOfKey: 'SELECT spend FROM "LiteLLM_VerificationToken" WHERE token = $1',
} as const;
