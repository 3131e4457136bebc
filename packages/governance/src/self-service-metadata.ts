/**
 * Names by which LiteLLM finds limits, budgets, guardrails, callbacks and identities in a key's `metadata`. Families,
 * not names, wherever a word says what it is about: one that a later version adds is then refused as well.
 * Source: LiteLLM 1.106.2, `LiteLLM_ManagementEndpoint_MetadataFields` and `…_Premium` in proxy/_types.py, and what
 * proxy/litellm_pre_call_utils.py and proxy/hooks read, https://github.com/BerriAI/litellm (read 2026-11-23).
 */
const RESERVED = new RegExp(
  [
    'limit|budget|spend|guardrail|polic|callback|logging|prompt|route|routing|fallback|cach|scim|secret|credential',
    'user_api_key|genai_gateway|litellm|enforced|estimated|allowed_|denied_|disable|opted_out|team_member|object_key',
    '^tags?$|^priority$|^max_|^min_|^mcp_|^model|^headers$|^session_id$|^trace_id$|agent_id$|service_account|cost_center',
    '^user_id$|^team_id$|^org|^user$|^name$|^status$|^profile_|expires_after|autorouter|^password',
  ].join('|'),
);

/** Whether a name in `metadata` is LiteLLM's or the gateway's to use. */
export function isReservedMetadata(name: string): boolean {
  return RESERVED.test(name.toLowerCase().replaceAll('-', '_'));
}
