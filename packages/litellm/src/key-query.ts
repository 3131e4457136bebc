import { keyTables } from './key-columns.ts';

/** Columns that the query gives in another form than the table holds them. */
const special: Readonly<Record<string, string>> = {
  // A timestamp without zone is UTC in LiteLLM; node-postgres would read it in the zone of this machine.
  'v.expires': `(extract(epoch FROM v.expires) * 1000)::float8 AS "v.expires"`,
  'mb.temp_budget_expiry': `(extract(epoch FROM mb.temp_budget_expiry) * 1000)::float8 AS "mb.temp_budget_expiry"`,
};

const columns = keyTables.flatMap(({ prefix, rules }) =>
  Object.entries(rules)
    .filter(([, rule]) => rule.use !== 'harmless')
    .map(([column]) => special[`${prefix}.${column}`] ?? `${prefix}.${column} AS "${prefix}.${column}"`),
);

function groupModels(where: string, name: string): string {
  return `(SELECT array_agg(DISTINCT n.name)
     FROM "LiteLLM_AccessGroupTable" g CROSS JOIN LATERAL unnest(g.access_model_names) AS n(name)
     WHERE ${where}) AS "${name}"`;
}

/** What was spent in the windows of `budget_limits`, by a primary key whose first columns are these. */
function windowSpends(entity: 'key' | 'team', id: string): string {
  return `(SELECT json_agg(json_build_object('duration', w.window_duration,
       'startMs', (extract(epoch FROM w.window_start) * 1000)::float8, 'spend', w.spend))
     FROM "LiteLLM_BudgetWindowSpend" w WHERE w.entity_type = '${entity}' AND w.entity_id = ${id}) AS "windows.${entity}"`;
}

const select = `SELECT ${columns.join(', ')},
  (extract(epoch FROM now()) * 1000)::float8 AS "nowMs",
  a.aliases AS "a.aliases",
  ${windowSpends('key', 'v.token')},
  ${windowSpends('team', 'v.team_id')},
  ${groupModels('g.access_group_id = ANY(v.access_group_ids)', 'g.key')},
  ${groupModels('g.access_group_id = ANY(t.access_group_ids)', 'g.team')},
  ${groupModels(
    // A group of the key opens a model that the team has not, when the group was given to the team or the key.
    'g.access_group_id = ANY(v.access_group_ids) AND (v.team_id = ANY(g.assigned_team_ids) OR v.token = ANY(g.assigned_key_ids))',
    'g.key-in-team',
  )}
FROM "LiteLLM_VerificationToken" v
LEFT JOIN "LiteLLM_BudgetTable" vb ON vb.budget_id = v.budget_id
LEFT JOIN "LiteLLM_UserTable" u ON u.user_id = v.user_id
LEFT JOIN "LiteLLM_TeamTable" t ON t.team_id = v.team_id
LEFT JOIN "LiteLLM_ModelTable" a ON a.id = t.model_id
LEFT JOIN "LiteLLM_TeamMembership" m ON m.team_id = v.team_id AND m.user_id = v.user_id
LEFT JOIN "LiteLLM_BudgetTable" mb ON mb.budget_id = m.budget_id
LEFT JOIN "LiteLLM_BudgetTable" db ON db.budget_id = t.metadata->>'team_member_budget_id'
LEFT JOIN "LiteLLM_ProjectTable" p ON p.project_id = v.project_id
LEFT JOIN "LiteLLM_BudgetTable" pb ON pb.budget_id = p.budget_id
LEFT JOIN "LiteLLM_OrganizationTable" o ON o.organization_id = COALESCE(v.organization_id, t.organization_id)
LEFT JOIN "LiteLLM_BudgetTable" ob ON ob.budget_id = o.budget_id`;

/** The key of a hash. $1: the hash. */
export const findKeySql = `${select} WHERE v.token = $1`;

/** The key that took the place of a rotated one, while the old one is still good. $1: the hash of the old one. */
export const findRotatedKeySql = `${select}
WHERE v.token = (
  SELECT d.active_token_id FROM "LiteLLM_DeprecatedVerificationToken" d
  WHERE d.token = $1 AND d.revoke_at > (now() AT TIME ZONE 'UTC'))`;

/** A row of the two queries: columns as `<table>.<column>`, see `keyTables`. */
export type KeyRow = Readonly<Record<string, unknown>>;
