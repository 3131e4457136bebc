import { jsonFields, type Payer } from '@genai-gateway/core';
import { storable } from './storable.ts';

/** The columns of the spend log that a payer fills; the same names stand in other tables. */
export interface PayerColumns {
  readonly api_key: string;
  readonly user: string;
  readonly team_id: string;
  readonly organization_id: string;
  readonly end_user: string;
  readonly request_tags: readonly string[];
}

/** A payer as the books have him. */
export interface BookedPayer {
  readonly columns: PayerColumns;
  /** The same, as fields of JSON. */
  readonly columnsJson: string;
  /** His fields of the spend log's metadata, as JSON. */
  readonly metadataJson: string;
}

export interface BookedPayerOptions {
  /** Calls with this key are booked under LiteLLM's name for the master key, and on its administrator. */
  readonly isMasterKey?: ((keyHash: string) => boolean) | undefined;
}

/** LiteLLM's names for the master key and the user behind it (LiteLLM 1.106.2, constants.py, read 2026-11-23). */
const MASTER_KEY = 'litellm_proxy_master_key';
const ADMINISTRATOR = 'default_user_id';

interface Known {
  readonly isMaster: boolean;
  readonly booked: BookedPayer;
}

/** A payer makes many calls. */
const knownPayers = new WeakMap<Payer, Known>();

export function bookedPayer(payer: Payer, options: BookedPayerOptions): BookedPayer {
  const isMaster = options.isMasterKey?.(payer.keyHash) === true;
  const known = knownPayers.get(payer);
  if (known !== undefined && known.isMaster === isMaster) return known.booked;
  const booked = newPayer(payer, isMaster);
  knownPayers.set(payer, { isMaster, booked });
  return booked;
}

function newPayer(payer: Payer, isMaster: boolean): BookedPayer {
  const columns = {
    api_key: isMaster ? MASTER_KEY : payer.keyHash,
    user: storable(payer.userId ?? (isMaster ? ADMINISTRATOR : '')),
    team_id: storable(payer.teamId ?? ''),
    organization_id: storable(payer.organizationId ?? ''),
    end_user: storable(payer.endUserId ?? ''),
    request_tags: [...new Set(payer.tags.map((tag) => storable(tag)))],
  };
  const metadata = {
    user_api_key: columns.api_key,
    user_api_key_alias: payer.keyAlias === undefined ? null : storable(payer.keyAlias),
    user_api_key_user_id: columns.user === '' ? null : columns.user,
    user_api_key_team_id: columns.team_id === '' ? null : columns.team_id,
    user_api_key_team_alias: payer.teamAlias === undefined ? null : storable(payer.teamAlias),
    user_api_key_org_id: columns.organization_id === '' ? null : columns.organization_id,
    user_api_key_project_id: payer.projectId === undefined ? null : storable(payer.projectId),
  };
  return { columns, columnsJson: jsonFields(columns), metadataJson: jsonFields(metadata) };
}
