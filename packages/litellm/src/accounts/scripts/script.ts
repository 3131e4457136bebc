/**
 * What runs inside of Redis. Each script looks first and writes after, so that it does all or nothing. Names, types,
 * windows and times to live of the counters are those of LiteLLM 1.106.2 (litellm/proxy/hooks/parallel_request_limiter_v3.py,
 * proxy/spend_tracking/budget_reservation.py, proxy/proxy_server.py `increment_spend_counters`,
 * router_strategy/budget_limiter.py; read 2026-11-23). Names with `genai-gateway:` are our own:
 *
 * - `genai-gateway:lease:<holder>`: there as long as a replica is heard of: how often it came back from an outage;
 * - `genai-gateway:holders`: set of all holders whose journal may hold something;
 * - `genai-gateway:journal:<holder>`: request id → `o<what is held>\n<event if lost>` while open, `s<event>` once settled;
 * - `genai-gateway:held:<counter>`: holder → nano-dollars that it holds in that spend counter;
 * - `genai-gateway:adopted:<holder>`: there when another replica took over what that holder left behind.
 *
 * A holder is one life of a replica: one whose lease ran out never comes back under its name, so that what was given
 * back in its absence is not given back again. What was sent before an outage may arrive after it, by the connection that
 * was given up: the last argument of each script is the lease as the sender knows it, and nothing is done for another
 * one. Names are put together inside of the scripts: no cluster mode.
 */
export interface Script {
  readonly name: string;
  readonly source: string;
}
/** Begins every script that counts: windows, times to live, and money and counts as text. */
export const shared = `
local WINDOW, SLOT_TTL, HELD_TTL = 60, 3600, 86400
local function usd(nanos) return string.format('%.9f', nanos / 1e9) end
local function nanos(text) return math.floor(tonumber(text) * 1e9 + 0.5) end
local function whole(number) return string.format('%.0f', number) end
local failure = ''
local function try(...) -- one spoilt counter must keep no call from being ended
  local reply = redis.pcall(...)
  if type(reply) ~= 'table' or not reply.err then return reply end
  local isSpoiled = string.find(reply.err, '^WRONGTYPE') or string.find(reply.err, '^ERR')
  if not isSpoiled then error(reply) end -- Redis is full, before anything was written
  failure = reply.err
end
`;
