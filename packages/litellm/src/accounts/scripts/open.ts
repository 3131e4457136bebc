import { type Script, shared } from './script.ts';

/**
 * KEYS lease, journal. ARGV namespace, holder, request id, journal entry, tokens, nano-dollars, number of limits, of
 * budgets; per limit: name, rpm, tpm, parallel (-1: none), whether it is the first of its name; per budget: counter,
 * maximum, spent by the tables, `exceeded` or `reached`, seconds to live, counter of the window's start or '', whether
 * it is the first of its counter.
 *
 * Gives status, index from 0, nano-dollars spent, Redis' time in seconds, then per limit requests, tokens and start
 * of the window: as one text with blanks between, which is read faster than many.
 */
export const openScript: Script = {
  name: 'open',
  source: `${shared}
local ns, holder, id, entry = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local tokens, cost, limits, budgets = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
if redis.call('GET', KEYS[1]) ~= ARGV[#ARGV] then return { 'lost' } end
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
  return { table.concat(reply, ' ') }
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
  local value = try('INCRBY', key, whole(amount))
  if not value then
    redis.call('SET', key, whole(amount)) -- it was no count
    value = amount
  end
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
 * The same for a call that nothing limits: KEYS lease, journal. ARGV request id, journal entry. Gives `ok` or `lost`.
 */
export const openUnlimitedScript: Script = {
  name: 'open-unlimited',
  source: `
if redis.call('GET', KEYS[1]) ~= ARGV[#ARGV] then return { 'lost' } end
redis.call('HSETNX', KEYS[2], ARGV[1], ARGV[2])
return { 'ok' }
`,
};
