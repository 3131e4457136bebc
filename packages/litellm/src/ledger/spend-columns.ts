import type { PostedCalls } from './posted-calls.ts';
import { Tally } from './tally.ts';

/** A statement that adds to rows of one table; the rows go with it as one document of JSON. */
export interface Addition {
  readonly text: string;
  readonly rows: readonly unknown[];
}

/** The name under which a call is charged on each table with one id; nothing: not on that one. */
type IdsOf = (calls: PostedCalls) => readonly string[];

const named = (id: string | undefined): readonly string[] => (id === undefined || id === '' ? [] : [id]);

/**
 * Adds to rows that are there, and to no others. The rows are locked in the order in which LiteLLM's own writer
 * locks them, by code points, so that neither waits for the other in a circle.
 */
function addToRows(table: string, id: string, more = ''): string {
  return `WITH x AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS x(id text, spend float8)),
  locked AS MATERIALIZED (
    SELECT t.${id} AS id FROM "${table}" t WHERE t.${id} IN (SELECT x.id FROM x)
    ORDER BY t.${id} COLLATE "C" FOR NO KEY UPDATE)
  UPDATE "${table}" t SET spend = t.spend + x.spend${more} FROM x JOIN locked USING (id) WHERE t.${id} = x.id`;
}

const upsertEndUsers = `INSERT INTO "LiteLLM_EndUserTable" AS t (user_id, spend, blocked)
  SELECT x.id, x.spend, false FROM jsonb_to_recordset($1::jsonb) AS x(id text, spend float8) ORDER BY x.id COLLATE "C"
  ON CONFLICT (user_id) DO UPDATE SET spend = t.spend + EXCLUDED.spend`;

const addToKeys = addToRows(
  'LiteLLM_VerificationToken',
  'token',
  `, total_spend = t.total_spend + x.spend, last_active = now() AT TIME ZONE 'UTC'`,
);

/** A member who left the team meanwhile does not become one again by spending. */
const addToMembers = `INSERT INTO "LiteLLM_TeamMembership" AS m (user_id, team_id, spend, total_spend)
  SELECT x.user_id, x.team_id, x.spend, x.spend
  FROM jsonb_to_recordset($1::jsonb) AS x(team_id text, user_id text, spend float8)
  WHERE EXISTS (SELECT FROM "LiteLLM_TeamMembership" old WHERE old.user_id = x.user_id AND old.team_id = x.team_id)
     OR EXISTS (SELECT FROM "LiteLLM_TeamTable" t WHERE t.team_id = x.team_id
       AND t.members_with_roles @> jsonb_build_array(jsonb_build_object('user_id', x.user_id)))
  ORDER BY x.team_id COLLATE "C", x.user_id COLLATE "C"
  ON CONFLICT (user_id, team_id) DO UPDATE
  SET spend = m.spend + EXCLUDED.spend, total_spend = m.total_spend + EXCLUDED.total_spend`;

const addToOrganizationMembers = `WITH x AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS x(organization_id text, user_id text, spend float8)),
  locked AS MATERIALIZED (
    SELECT t.organization_id, t.user_id FROM "LiteLLM_OrganizationMembership" t
    WHERE (t.organization_id, t.user_id) IN (SELECT x.organization_id, x.user_id FROM x)
    ORDER BY t.organization_id COLLATE "C", t.user_id COLLATE "C" FOR NO KEY UPDATE)
  UPDATE "LiteLLM_OrganizationMembership" t SET spend = coalesce(t.spend, 0) + x.spend
  FROM x JOIN locked USING (organization_id, user_id)
  WHERE t.organization_id = x.organization_id AND t.user_id = x.user_id`;

/**
 * The lock that LiteLLM takes on a team before it changes who belongs to it. Taken before every row: LiteLLM holds
 * it while it waits for rows of users, keys and the team.
 */
const lockTeams = `SELECT pg_advisory_xact_lock(hashtext(x.team_id)) FROM (
  SELECT DISTINCT x.team_id COLLATE "C" AS team_id
  FROM jsonb_to_recordset($1::jsonb) AS x(team_id text) ORDER BY 1) x`;

/**
 * What a batch adds to the columns of all who pay for it, in the order of LiteLLM's own writer.
 * Source: LiteLLM 1.106.2, proxy/db/db_spend_update_writer.py (read 2026-11-23).
 */
export function spendColumns(batch: readonly PostedCalls[]): readonly Addition[] {
  const sum = (idsOf: IdsOf) => sumById(batch, idsOf);
  const members = pairs(batch, 'team_id');
  return [
    { text: lockTeams, rows: members },
    { text: addToRows('LiteLLM_UserTable', 'user_id'), rows: sum(({ payer }) => named(payer.user)) },
    { text: upsertEndUsers, rows: sum(({ payer }) => named(payer.end_user)) },
    { text: addToKeys, rows: sum(({ payer }) => named(payer.api_key)) },
    { text: addToRows('LiteLLM_TeamTable', 'team_id'), rows: sum(({ payer }) => named(payer.team_id)) },
    { text: addToMembers, rows: members },
    {
      text: addToRows('LiteLLM_OrganizationTable', 'organization_id'),
      rows: sum(({ payer }) => named(payer.organization_id)),
    },
    { text: addToOrganizationMembers, rows: pairs(batch, 'organization_id') },
    {
      text: addToRows('LiteLLM_ProjectTable', 'project_id'),
      rows: sum(({ projectId }) => named(projectId)),
    },
    { text: addToRows('LiteLLM_TagTable', 'tag_name'), rows: sum(({ payer }) => payer.request_tags) },
    {
      text: addToRows('LiteLLM_ModelAccessGroupBudgetTable', 'access_group_name'),
      rows: sum(({ accessGroups }) => [...new Set(accessGroups)]),
    },
  ];
}

function sumById(batch: readonly PostedCalls[], idsOf: IdsOf): readonly unknown[] {
  const tally = new Tally();
  for (const posted of batch) {
    for (const id of idsOf(posted)) tally.add({ id }, posted.nanoUsd);
  }
  return tally.rows();
}

/** Users with the team, or the organisation, that they called for. */
function pairs(batch: readonly PostedCalls[], group: 'team_id' | 'organization_id'): readonly unknown[] {
  const tally = new Tally();
  for (const { payer, nanoUsd } of batch) {
    if (payer.user === '' || payer[group] === '') continue;
    tally.add({ [group]: payer[group], user_id: payer.user }, nanoUsd);
  }
  return tally.rows();
}
