/**
 * What runs inside of Redis. Each script looks first and writes after, so that it does all or nothing. Names, types,
 * windows and times to live of the counters are those of LiteLLM 1.106.2 (litellm/proxy/hooks/parallel_request_limiter_v3.py,
 * proxy/spend_tracking/budget_reservation.py, proxy/proxy_server.py `increment_spend_counters`,
 * router_strategy/budget_limiter.py; read 2026-11-23). Names with `genai-gateway:` are our own:
 *
 * - `genai-gateway:lease:<holder>`: there as long as a replica is heard of;
 * - `genai-gateway:holders`: set of all holders whose journal may hold something;
 * - `genai-gateway:journal:<holder>`: request id → `o<what is held>\n<event if lost>` while open, `s<event>` once settled;
 * - `genai-gateway:held:<counter>`: holder → nano-dollars that it holds in that spend counter;
 * - `genai-gateway:adopted:<holder>`: there when another replica took over what that holder left behind.
 *
 * A holder is one life of a replica: one whose lease ran out never comes back under its name, so that what was given
 * back in its absence is not given back again. Names are put together inside of the scripts: no cluster mode.
 */
export interface Script {
  readonly name: string;
  readonly source: string;
}

const shared = `
local WINDOW, SLOT_TTL, HELD_TTL = 60, 3600, 86400
local function usd(nanos) return string.format('%.9f', nanos / 1e9) end
local function nanos(text) return math.floor(tonumber(text) * 1e9 + 0.5) end
local function whole(number) return string.format('%.0f', number) end
`;

/**
 * Releases one hold and charges a cost, for `settle` and for `adopt`. A counter that is gone was deleted by LiteLLM,
 * or lost: the tables will say what was spent. Only a window that no table stands behind starts anew.
 */
const charge = `
local function release(ns, counter, holder, held, cost, ttl, start)
  local heldKey = ns .. 'genai-gateway:held:' .. counter
  counter = ns .. counter
  local delta = cost
  if held > 0 and redis.call('HEXISTS', heldKey, holder) == 1 then
    if redis.call('HINCRBY', heldKey, holder, whole(-held)) <= 0 then redis.call('HDEL', heldKey, holder) end
    delta = cost - held
  end
  if redis.call('EXISTS', counter) == 1 then
    if delta ~= 0 then redis.call('INCRBYFLOAT', counter, usd(delta)) end
    if start == '' then redis.call('EXPIRE', counter, ttl) end
  elseif start ~= '' and cost > 0 then
    redis.call('SET', counter, usd(cost), 'EX', ttl)
    redis.call('SET', ns .. start, redis.call('TIME')[1], 'EX', ttl)
  end
end
local function chargeUnbudgeted(counter, cost)
  if cost > 0 and redis.call('EXISTS', counter) == 1 then redis.call('INCRBYFLOAT', counter, usd(cost)) end
end
`;

/**
 * KEYS lease, journal. ARGV namespace, holder, request id, journal entry, tokens, nano-dollars, number of limits, of
 * budgets; per limit: name, rpm, tpm, parallel (-1: none), whether it is the first of its name; per budget: counter,
 * maximum, spent by the tables, `exceeded` or `reached`, seconds to live, counter of the window's start or '', whether
 * it is the first of its counter.
 *
 * Gives status, index from 0, nano-dollars spent, Redis' time in seconds, then per limit requests, tokens and start
 * of the window. All of it as text.
 */
export const openScript: Script = {
  name: 'open',
  source: `${shared}
local ns, holder, id, entry = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local tokens, cost, limits, budgets = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
if redis.call('EXISTS', KEYS[1]) == 0 then return { 'lost' } end
local now = tonumber(redis.call('TIME')[1])
-- Whoever died is still in his journal until it is adopted: only what is in none is nobody's.
local function isForgotten(other)
  return redis.call('EXISTS', ns .. 'genai-gateway:lease:' .. other, ns .. 'genai-gateway:journal:' .. other) == 0
end

local state = {}
local function answer(status, index, value)
  local reply = { status, whole(index), whole(value), whole(now) }
  for i = 1, limits do
    reply[#reply + 1] = whole(state[i].requests)
    reply[#reply + 1] = whole(state[i].tokens)
    reply[#reply + 1] = state[i].start
  end
  return reply
end

for i = 1, limits do
  local at = 8 + (i - 1) * 5
  local limit = { key = ns .. '{' .. ARGV[at + 1] .. '}', rpm = tonumber(ARGV[at + 2]), tpm = tonumber(ARGV[at + 3]),
    parallel = tonumber(ARGV[at + 4]), writes = ARGV[at + 5] == '1', requests = 0, tokens = 0, start = whole(now), live = false }
  if limit.rpm >= 0 or limit.tpm >= 0 then
    local found = redis.call('MGET', limit.key .. ':window', limit.key .. ':requests', limit.key .. ':tokens')
    if found[1] and now - tonumber(found[1]) < WINDOW then
      limit.live, limit.start = true, found[1]
      limit.requests, limit.tokens = tonumber(found[2] or '0'), tonumber(found[3] or '0')
    end
  end
  state[i] = limit
end

local spends = {}
for i = 1, budgets do
  local at = 8 + limits * 5 + (i - 1) * 7
  local budget = { name = ARGV[at + 1], max = tonumber(ARGV[at + 2]), spent = tonumber(ARGV[at + 3]),
    when = ARGV[at + 4], ttl = ARGV[at + 5], start = ARGV[at + 6], writes = ARGV[at + 7] == '1' }
  budget.key, budget.heldKey = ns .. budget.name, ns .. 'genai-gateway:held:' .. budget.name
  local raw = redis.call('GET', budget.key)
  local live = 0
  local held = redis.call('HGETALL', budget.heldKey)
  for j = 2, #held, 2 do live = live + tonumber(held[j]) end
  budget.current, budget.floor = raw and nanos(raw) or nil, budget.spent + live
  if raw and budget.current < budget.floor then
    redis.call('SET', budget.key, usd(budget.floor), 'KEEPTTL') -- older than the tables, or made anew without our holds
    budget.current = budget.floor
  end
  budget.exists = raw and true or false
  budget.current = budget.current or budget.floor
  local spent = budget.current - live
  if spent > budget.max or (spent == budget.max and budget.when == 'reached') then return answer('budget', i - 1, spent) end
  if live > 0 and budget.current + cost > budget.max then
    for j = 1, #held, 2 do
      if isForgotten(held[j]) then
        redis.call('HDEL', budget.heldKey, held[j])
        if raw then redis.call('INCRBYFLOAT', budget.key, usd(-tonumber(held[j + 1]))) end
        live, budget.current = live - tonumber(held[j + 1]), budget.current - tonumber(held[j + 1])
      end
    end
    if live > 0 and budget.current + cost > budget.max then return answer('held', i - 1, spent) end
  end
  spends[i] = budget
end

for i = 1, limits do
  local limit = state[i]
  if limit.rpm >= 0 and limit.requests + 1 > limit.rpm then return answer('requests', i - 1, 0) end
end
for i = 1, limits do
  local limit = state[i]
  if limit.parallel >= 0 then
    local gauge = limit.key .. ':max_parallel_requests'
    redis.call('ZREMRANGEBYSCORE', gauge, '-inf', now - SLOT_TTL)
    if redis.call('ZCARD', gauge) + 1 > limit.parallel then
      for _, member in ipairs(redis.call('ZRANGE', gauge, 0, -1)) do
        local other = string.match(member, '^genai%-gateway:([^:]+):')
        if other and isForgotten(other) then redis.call('ZREM', gauge, member) end
      end
      if redis.call('ZCARD', gauge) + 1 > limit.parallel then return answer('parallel', i - 1, 0) end
    end
  end
end
for i = 1, limits do
  local limit = state[i]
  if limit.tpm >= 0 then
    local full = limit.tokens >= limit.tpm
    if tokens > 0 then full = limit.tokens + tokens > limit.tpm end
    if full then return answer('tokens', i - 1, 0) end
  end
end

local function count(key, amount)
  local value = redis.call('INCRBY', key, whole(amount))
  if value == amount then redis.call('EXPIRE', key, WINDOW) end
  return value
end
for i = 1, limits do
  local limit = state[i]
  if limit.writes and (limit.rpm >= 0 or limit.tpm >= 0) then
    if not limit.live then
      redis.call('DEL', limit.key .. ':requests', limit.key .. ':tokens')
      redis.call('SET', limit.key .. ':window', whole(now), 'EX', WINDOW)
    end
    if limit.rpm >= 0 then limit.requests = count(limit.key .. ':requests', 1) end
    if limit.tpm >= 0 then limit.tokens = count(limit.key .. ':tokens', tokens) end
  end
  if limit.writes and limit.parallel >= 0 then
    redis.call('ZADD', limit.key .. ':max_parallel_requests', now, 'genai-gateway:' .. holder .. ':' .. id)
    redis.call('EXPIRE', limit.key .. ':max_parallel_requests', SLOT_TTL)
  end
end
for i = 1, budgets do
  local budget = spends[i]
  if budget.writes then
    if budget.start ~= '' and not budget.exists then
      redis.call('SET', ns .. budget.start, whole(now), 'NX', 'EX', budget.ttl)
      budget.ttl = whole(math.max(1, redis.call('TTL', ns .. budget.start)))
    end
    if budget.exists then
      redis.call('INCRBYFLOAT', budget.key, usd(cost))
      if budget.start == '' then redis.call('EXPIRE', budget.key, budget.ttl) end
    else
      redis.call('SET', budget.key, usd(budget.current + cost), 'EX', budget.ttl)
    end
    if cost > 0 then
      redis.call('HINCRBY', budget.heldKey, holder, whole(cost))
      redis.call('EXPIRE', budget.heldKey, HELD_TTL)
    end
  end
end
redis.call('HSET', KEYS[2], id, entry)
return answer('ok', 0, 0)
`,
};

/**
 * KEYS lease, journal of the holder that opened the call, our journal now, mark of adoption of that holder. ARGV
 * namespace, holder that opened, request id, mode, event, cost, held, change of tokens, number of
 * limits, of budgets, of other spend counters, our holder now; per limit: name, start of the window or '', whether it counts tokens,
 * whether it is a gauge; per budget: counter, seconds to live, counter of the window's start or ''; the others by name.
 *
 * Gives `ok`; `again`: it was settled before; `adopted`: another replica booked it as lost; `lost`: our lease ran out.
 * The second time changes nothing, and what was never opened is not released. Modes: `settle`; `booked`, the same for
 * an event that the tables hold already, so that it is not charged where Redis forgot the call; `cancel`: as if the
 * call had never been opened.
 */
export const settleScript: Script = {
  name: 'settle',
  source: `${shared}${charge}
local ns, holder, id, mode, event = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local cost, held, tokens = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local limits, budgets, others, current = tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11]), ARGV[12]
if redis.call('EXISTS', KEYS[1]) == 0 then return { 'lost' } end
local entry = redis.call('HGET', KEYS[2], id)
if not entry and KEYS[2] ~= KEYS[3] then
  entry = redis.call('HGET', KEYS[3], id)
  holder = current -- it was opened again while this was on its way
end
if entry and string.sub(entry, 1, 1) == 's' then return { 'again' } end
if not entry then
  if redis.call('EXISTS', KEYS[4]) == 1 then return { 'adopted' } end
  if mode == 'cancel' then return { 'again' } end
  if mode == 'booked' then cost = 0 end
  held, tokens = 0, 0
end
local at = 12
for _ = 1, limits do
  local key = ns .. '{' .. ARGV[at + 1] .. '}'
  if ARGV[at + 3] == '1' and tokens ~= 0 and redis.call('GET', key .. ':window') == ARGV[at + 2] then
    if redis.call('INCRBY', key .. ':tokens', whole(tokens)) == tokens then redis.call('EXPIRE', key .. ':tokens', WINDOW) end
  end
  if ARGV[at + 4] == '1' then redis.call('ZREM', key .. ':max_parallel_requests', 'genai-gateway:' .. holder .. ':' .. id) end
  at = at + 4
end
for _ = 1, budgets do
  release(ns, ARGV[at + 1], holder, held, cost, ARGV[at + 2], ARGV[at + 3])
  at = at + 3
end
for i = at + 1, at + others do chargeUnbudgeted(ns .. ARGV[i], cost) end
if KEYS[2] ~= KEYS[3] or mode == 'cancel' then redis.call('HDEL', KEYS[2], id) end
if mode ~= 'cancel' then redis.call('HSET', KEYS[3], id, 's' .. event) end
return { 'ok' }
`,
};

/**
 * Takes a call in flight over into a new life of the same replica: KEYS lease, old journal, new journal, mark of
 * adoption of the old holder. ARGV namespace, old holder, new holder, request id, journal entry, held, number of gauges, of
 * budgets; the gauges' names; per budget: counter, spent by the tables, seconds to live, counter of the start or ''.
 * What Redis still holds under the old name is renamed, what it forgot is held again. Gives `ok`, `adopted` or `lost`.
 */
export const reopenScript: Script = {
  name: 'reopen',
  source: `${shared}
local ns, old, new, id, entry, held = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6])
local gauges, budgets = tonumber(ARGV[7]), tonumber(ARGV[8])
if redis.call('EXISTS', KEYS[1]) == 0 then return { 'lost' } end
local was = redis.call('HGET', KEYS[2], id)
if not was and redis.call('EXISTS', KEYS[4]) == 1 then return { 'adopted' } end
if redis.call('HEXISTS', KEYS[3], id) == 1 then return { 'ok' } end
local now = redis.call('TIME')[1]
for i = 9, 8 + gauges do
  local key = ns .. '{' .. ARGV[i] .. '}:max_parallel_requests'
  redis.call('ZREM', key, 'genai-gateway:' .. old .. ':' .. id)
  redis.call('ZADD', key, now, 'genai-gateway:' .. new .. ':' .. id)
  redis.call('EXPIRE', key, SLOT_TTL)
end
for i = 1, budgets do
  local at = 8 + gauges + (i - 1) * 4
  local key, heldKey = ns .. ARGV[at + 1], ns .. 'genai-gateway:held:' .. ARGV[at + 1]
  if was and redis.call('HEXISTS', heldKey, old) == 1 then
    if redis.call('HINCRBY', heldKey, old, whole(-held)) <= 0 then redis.call('HDEL', heldKey, old) end
  else
    if redis.call('EXISTS', key) == 0 then
      redis.call('SET', key, usd(tonumber(ARGV[at + 2])), 'EX', ARGV[at + 3])
      if ARGV[at + 4] ~= '' then redis.call('SET', ns .. ARGV[at + 4], now, 'EX', ARGV[at + 3]) end
    end
    redis.call('INCRBYFLOAT', key, usd(held))
  end
  redis.call('HINCRBY', heldKey, new, whole(held))
  redis.call('EXPIRE', heldKey, HELD_TTL)
end
redis.call('HDEL', KEYS[2], id)
redis.call('HSET', KEYS[3], id, entry)
return { 'ok' }
`,
};

/**
 * Books for a dead holder what it had open, as it said it should be, and moves a part of its journal into ours:
 * KEYS its lease, its journal, our lease, our journal, its mark of adoption, the set of holders. ARGV namespace, the
 * holder, how many. Gives the events as JSON; none: there is nothing left, or it lives.
 */
export const adoptScript: Script = {
  name: 'adopt',
  source: `${shared}${charge}
local ns, dead = ARGV[1], ARGV[2]
if redis.call('EXISTS', KEYS[1]) == 1 or redis.call('EXISTS', KEYS[3]) == 0 then return {} end
redis.call('SET', KEYS[5], '1', 'EX', HELD_TTL)
local found = redis.call('HRANDFIELD', KEYS[2], ARGV[3], 'WITHVALUES')
local events = {}
for i = 1, #found, 2 do
  local id, entry = found[i], found[i + 1]
  local event = string.sub(entry, 2)
  if string.sub(entry, 1, 1) == 'o' then
    local cut = string.find(event, '\\n', 1, true)
    local what = cjson.decode(string.sub(event, 1, cut - 1))
    event = string.sub(event, cut + 1)
    for _, gauge in ipairs(what.gauges) do
      redis.call('ZREM', ns .. '{' .. gauge .. '}:max_parallel_requests', 'genai-gateway:' .. dead .. ':' .. id)
    end
    for _, budget in ipairs(what.budgets) do
      release(ns, budget[1], dead, tonumber(what.held), tonumber(what.cost), budget[2], budget[3])
    end
    for _, counter in ipairs(what.others) do chargeUnbudgeted(ns .. counter, tonumber(what.cost)) end
  end
  redis.call('HSET', KEYS[4], id, 's' .. event)
  redis.call('HDEL', KEYS[2], id)
  events[#events + 1] = event
end
if redis.call('EXISTS', KEYS[2]) == 0 then redis.call('SREM', KEYS[6], dead) end
return events
`,
};

/** KEYS lease, set of holders. ARGV namespace, seconds. Gives how many replicas are alive; `lost` when our lease ran out. */
export const renewScript: Script = {
  name: 'renew',
  source: `
if not redis.call('SET', KEYS[1], '1', 'XX', 'EX', ARGV[2]) then return { 'lost' } end
local alive = 0
for _, holder in ipairs(redis.call('SMEMBERS', KEYS[2])) do
  alive = alive + redis.call('EXISTS', ARGV[1] .. 'genai-gateway:lease:' .. holder)
end
return { tostring(alive) }
`,
};

/** KEYS lease, set of holders. ARGV holder, seconds: a new holder begins. */
export const registerScript: Script = {
  name: 'register',
  source: `
redis.call('SET', KEYS[1], '1', 'EX', ARGV[2])
redis.call('SADD', KEYS[2], ARGV[1])
return { 'ok' }
`,
};
