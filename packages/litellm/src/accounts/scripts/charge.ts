/**
 * Releases one hold and charges a cost, for `settle` and for `adopt`. A counter that is gone was deleted by LiteLLM,
 * or lost: the tables will say what was spent. Only a window that no table stands behind starts anew.
 */
export const charge = `
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
